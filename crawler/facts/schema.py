"""The tables of the fact store (SQLAlchemy Core: SQLite embedded, PostgreSQL shared).

Every row belongs to a run: one walk of one round. A round that is walked again gets a new run; the newest finished
one counts. Times are ISO 8601 text with offset, dates ISO text, so that both databases give the same back. An address
is known by a 63-bit hash of its canonical form (`crawler.facts.keys`): its `id`, and the `key` of an item.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
)

from crawler.facts.packed import Packed

metadata = MetaData()
Big = BigInteger().with_variant(Integer, "sqlite")

# The state of an address. RECHECK waits for its second look at `due`.
TODO, DONE, RECHECK = 0, 1, 2

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("round", String(32), nullable=False, index=True),
    Column("as_of", String(40), nullable=False),
    Column("state", String(16), nullable=False),  # walking, walked, given-up, thinned, archived
    Column("inventory", Text, nullable=False),
    Column("inventory_digest", String(80), nullable=False),
    Column("sites", Text, nullable=False),  # the `sites` argument: which of them this run walks
    Column("seed", Big, nullable=False),
    Column("tool", String(64), nullable=False),
    Column("staging", JSON),  # ports of the bundled city, so that a killed round goes on at the same addresses
    Column("loopback", Boolean, nullable=False, default=False),  # a staging round in the sense of contract 1
    Column("started", String(40), nullable=False),
    Column("finished", String(40)),
    Column("notes", JSON),
)

address = Table(
    "address",
    metadata,
    Column("run", Integer, nullable=False),
    Column("id", Big, nullable=False),  # crawler.facts.keys.key_of
    Column("url", Text, nullable=False),
    Column("job", String(72), nullable=False),  # the unit of work it belongs to: crawler.hosts.job_of
    Column("site", String(64)),  # the inventory's site whose host it is; None: somebody else's
    Column("role", SmallInteger, nullable=False),  # crawler.frontier.Role
    Column("depth", SmallInteger, nullable=False, default=0),
    Column("column", String(64)),  # column whose list page this is, or that its prefix says
    Column("parent", Text),  # address of the page that led here first, sent as Referer
    Column("state", SmallInteger, nullable=False),
    Column("due", Float),  # seconds since the epoch, for RECHECK
    Column("outcome", String(12)),
    Column("reason", String(24)),
    Column("status", Integer),
    Column("final_url", Text),
    Column("content_type", String(100)),
    Column("size", Big),
    Column("body_hash", String(40)),
    Column("redirects", JSON),
    Column("checked", String(40)),
    Column("requests", SmallInteger, nullable=False, default=0),
    PrimaryKeyConstraint("run", "id"),
    Index("address_job", "run", "state", "job"),
    Index("address_site", "run", "site", "role"),
)

attempt = Table(  # kept for every address that did not answer well at once
    "attempt",
    metadata,
    Column("run", Integer, nullable=False),
    Column("address", Big, nullable=False),
    Column("at", String(40), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("status", Integer),
    Column("ip", String(64)),
    Column("ms", Integer),
    Column("detail", Text),
    Column("headers", JSON),
    Index("attempt_address", "run", "address"),
)

page = Table(
    "page",
    metadata,
    Column("run", Integer, nullable=False),
    Column("id", Big, nullable=False),  # its address
    Column("site", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("region", String(8), nullable=False),  # page class: home, column, article, other
    Column("column", String(64)),
    Column("title", Text),
    Column("headline", Text),
    Column("encoding", String(16)),
    Column("published", String(10)),
    Column("published_from", String(16)),
    Column("conflict", Boolean, nullable=False, default=False),
    Column("newest", String(10)),
    Column("item_count", Integer, nullable=False, default=0),
    Column("dated_count", Integer, nullable=False, default=0),
    Column("text_length", Integer, nullable=False, default=0),
    Column("doc_number", String(80)),
    Column("source", String(200)),
    Column("tags", JSON),
    Column("identity", JSON),
    Column("extra", JSON),
    Column("seen", String(40), nullable=False),
    PrimaryKeyConstraint("run", "id"),
    Index("page_site", "run", "site"),
)

body = Table(  # what a page said, for checks that need its words; dropped when the round is walked again
    "body",
    metadata,
    Column("run", Integer, nullable=False),
    Column("id", Big, nullable=False),  # its page
    Column("cut", Boolean, nullable=False, default=False),
    Column("markup", Packed),  # bytes as they came, without the personal numbers that stood in them
    Column("text", Packed),  # what a reader sees of its content, UTF-8
    PrimaryKeyConstraint("run", "id"),
)

personal = Table(  # personal numbers that were shown: masked, never the number
    "personal",
    metadata,
    Column("run", Integer, nullable=False),
    Column("id", Big, nullable=False),  # the page or attachment
    Column("site", String(64), nullable=False),
    Column("kind", String(12), nullable=False),  # identity, card, phone
    Column("masked", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("place", String(120), nullable=False),  # where in an attachment; empty for a page
    Column("count", Integer, nullable=False, default=1),
    Index("personal_site", "run", "site"),
)

drawn = Table(  # identity items that a footer script, or a piece of footer, writes into the pages that load it
    "drawn",
    metadata,
    Column("run", Integer, nullable=False),
    Column("id", Big, nullable=False),  # the script's address
    Column("identity", JSON),
    PrimaryKeyConstraint("run", "id"),
)

item = Table(
    "item",
    metadata,
    Column("run", Integer, nullable=False),
    Column("page", Big, nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", Big, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("listed", String(10)),
    Index("item_page", "run", "page"),
    Index("item_key", "run", "key"),
)

edge = Table(  # who holds a link; thrown away for targets that turn out to be fine
    "edge",
    metadata,
    Column("run", Integer, nullable=False),
    Column("target", Big, nullable=False),
    Column("page", Big, nullable=False),
    Column("text", String(120), nullable=False),
    Column("tag", String(12), nullable=False),
    Column("place", String(8), nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("raw", Text),
    Column("fault", String(24)),
    Index("edge_page", "run", "page"),
)

discovered = Table(  # columns seen on a site that its inventory does not name; judged where it names none
    "discovered",
    metadata,
    Column("run", Integer, nullable=False),
    Column("site", String(64), nullable=False),
    Column("id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("type", String(24), nullable=False),
    Column("top_level", Boolean, nullable=False),
    PrimaryKeyConstraint("run", "site", "id"),
)

network = Table(
    "network",
    metadata,
    Column("run", Integer, nullable=False),
    Column("site", String(64), nullable=False),
    Column("probe", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("key", String(128), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("data", JSON),
    Column("at", String(40)),
    Index("network_site", "run", "site"),
)

note = Table(  # what the walk left out or could not do: traps cut, budget reached, own errors
    "note",
    metadata,
    Column("run", Integer, nullable=False),
    Column("site", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("count", Integer, nullable=False, default=1),
    Index("note_site", "run", "site"),
)

probe = Table(  # availability: one look at one home page
    "probe",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("place", String(64), nullable=False, default=""),
    Column("outcome", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("status", Integer),
    Column("ip", String(64)),
    Column("dns_ms", Integer),
    Column("tcp_ms", Integer),
    Column("tls_ms", Integer),
    Column("first_byte_ms", Integer),
    Column("total_ms", Integer),
    Column("control_ok", Boolean, nullable=False, default=True),
    Index("probe_site_at", "site", "at"),
)

probe_day = Table(  # a day of looks at one home page, when the looks themselves were thinned out
    "probe_day",
    metadata,
    Column("site", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("place", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("looks", Integer, nullable=False),
    Column("failed", Integer, nullable=False),  # not ok while our own network was
    Column("unsure", Integer, nullable=False),  # our own network was not
    Column("reasons", JSON, nullable=False),  # of the failed ones: reason → how many
    Column("mean_ms", Integer),  # of a good look
    Column("worst_ms", Integer),
    PrimaryKeyConstraint("site", "url", "place", "day"),
)

judgement = Table(  # the newest judgement of a round, as findings.json has it
    "judgement",
    metadata,
    Column("round", String(32), primary_key=True),
    Column("run", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("data", JSON, nullable=False),
)

ledger = Table(  # every finding over time
    "ledger",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("data", JSON, nullable=False),  # rules.ledger.Entry
)

lease = Table(  # who walks a job of a run, when many machines do: crawler.cluster
    "lease",
    metadata,
    Column("run", Integer, nullable=False),
    Column("job", String(72), nullable=False),
    Column("owner", String(80), nullable=False, default=""),
    Column("fence", Big, nullable=False, default=0),  # goes up with every taking: what an earlier holder writes is void
    Column("until", Float, nullable=False, default=0.0),  # seconds since the epoch, by the database's clock
    Column("queued", Float),  # when a message for this job is to arrive; None: none is on its way
    Column("slices", Integer, nullable=False, default=0),  # ended well
    Column("failed", Integer, nullable=False, default=0),  # ended badly, one after the other
    Column("carry", JSON),  # what one slice leaves to the next: the pace its hosts asked for
    PrimaryKeyConstraint("run", "job"),
)

meta = Table("meta", metadata, Column("name", String(32), primary_key=True), Column("value", Text, nullable=False))
SCHEMA_VERSION = 5
