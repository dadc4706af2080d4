"""The tables of schema version 1. Stores that were made before alembic have them without a version table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData()
Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("round", sa.String(32), nullable=False, index=True),
    sa.Column("as_of", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("inventory", sa.Text, nullable=False),
    sa.Column("inventory_digest", sa.String(80), nullable=False),
    sa.Column("sites", sa.Text, nullable=False),
    sa.Column("seed", Big, nullable=False),
    sa.Column("tool", sa.String(64), nullable=False),
    sa.Column("staging", sa.JSON),
    sa.Column("loopback", sa.Boolean, nullable=False, default=False),
    sa.Column("started", sa.String(40), nullable=False),
    sa.Column("finished", sa.String(40)),
    sa.Column("notes", sa.JSON),
)

sa.Table(
    "address",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("id", Big, nullable=False),
    sa.Column("key", Big, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("site", sa.String(64)),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("depth", sa.SmallInteger, nullable=False, default=0),
    sa.Column("column", sa.String(64)),
    sa.Column("parent", sa.Text),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("due", sa.Float),
    sa.Column("outcome", sa.String(12)),
    sa.Column("reason", sa.String(24)),
    sa.Column("status", sa.Integer),
    sa.Column("final_url", sa.Text),
    sa.Column("content_type", sa.String(100)),
    sa.Column("size", Big),
    sa.Column("body_hash", sa.String(40)),
    sa.Column("redirects", sa.JSON),
    sa.Column("checked", sa.String(40)),
    sa.Column("requests", sa.SmallInteger, nullable=False, default=0),
    sa.PrimaryKeyConstraint("run", "id"),
    sa.Index("address_state", "run", "state"),
    sa.Index("address_key", "run", "key"),
)

sa.Table(
    "attempt",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("address", Big, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(24), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("ip", sa.String(64)),
    sa.Column("ms", sa.Integer),
    sa.Column("detail", sa.Text),
    sa.Column("headers", sa.JSON),
    sa.Index("attempt_address", "run", "address"),
)

sa.Table(
    "page",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("id", Big, nullable=False),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("region", sa.String(8), nullable=False),
    sa.Column("column", sa.String(64)),
    sa.Column("title", sa.Text),
    sa.Column("headline", sa.Text),
    sa.Column("encoding", sa.String(16)),
    sa.Column("published", sa.String(10)),
    sa.Column("published_from", sa.String(16)),
    sa.Column("conflict", sa.Boolean, nullable=False, default=False),
    sa.Column("newest", sa.String(10)),
    sa.Column("item_count", sa.Integer, nullable=False, default=0),
    sa.Column("dated_count", sa.Integer, nullable=False, default=0),
    sa.Column("text_length", sa.Integer, nullable=False, default=0),
    sa.Column("doc_number", sa.String(80)),
    sa.Column("source", sa.String(200)),
    sa.Column("tags", sa.JSON),
    sa.Column("identity", sa.JSON),
    sa.Column("extra", sa.JSON),
    sa.Column("seen", sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint("run", "id"),
    sa.Index("page_site", "run", "site"),
)

sa.Table(
    "body",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("id", Big, nullable=False),
    sa.Column("cut", sa.Boolean, nullable=False, default=False),
    sa.Column("markup", sa.LargeBinary),
    sa.Column("text", sa.LargeBinary),
    sa.PrimaryKeyConstraint("run", "id"),
)

sa.Table(
    "personal",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("id", Big, nullable=False),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("masked", sa.String(24), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("place", sa.String(120), nullable=False),
    sa.Column("count", sa.Integer, nullable=False, default=1),
    sa.Index("personal_site", "run", "site"),
)

sa.Table(
    "drawn",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("id", Big, nullable=False),
    sa.Column("identity", sa.JSON),
    sa.PrimaryKeyConstraint("run", "id"),
)

sa.Table(
    "item",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("page", Big, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("key", Big, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("listed", sa.String(10)),
    sa.Index("item_page", "run", "page"),
    sa.Index("item_key", "run", "key"),
)

sa.Table(
    "edge",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("target", Big, nullable=False),
    sa.Column("page", Big, nullable=False),
    sa.Column("text", sa.String(120), nullable=False),
    sa.Column("tag", sa.String(12), nullable=False),
    sa.Column("place", sa.String(8), nullable=False),
    sa.Column("hidden", sa.Boolean, nullable=False),
    sa.Column("raw", sa.Text),
    sa.Column("fault", sa.String(24)),
)

sa.Table(
    "discovered",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("type", sa.String(24), nullable=False),
    sa.Column("top_level", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("run", "site", "id"),
)

sa.Table(
    "network",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("probe", sa.String(16), nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("key", sa.String(128), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("data", sa.JSON),
    sa.Column("at", sa.String(40)),
    sa.Index("network_site", "run", "site"),
)

sa.Table(
    "note",
    metadata,
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False, default=1),
    sa.Index("note_site", "run", "site"),
)

sa.Table(
    "probe",
    metadata,
    sa.Column("id", Big, primary_key=True, autoincrement=True),
    sa.Column("site", sa.String(64), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("place", sa.String(64), nullable=False, default=""),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(24), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("ip", sa.String(64)),
    sa.Column("dns_ms", sa.Integer),
    sa.Column("tcp_ms", sa.Integer),
    sa.Column("tls_ms", sa.Integer),
    sa.Column("first_byte_ms", sa.Integer),
    sa.Column("total_ms", sa.Integer),
    sa.Column("control_ok", sa.Boolean, nullable=False, default=True),
    sa.Index("probe_site_at", "site", "at"),
)

sa.Table(
    "judgement",
    metadata,
    sa.Column("round", sa.String(32), primary_key=True),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

sa.Table(
    "ledger",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("data", sa.JSON, nullable=False),
)

sa.Table(
    "meta", metadata, sa.Column("name", sa.String(32), primary_key=True), sa.Column("value", sa.Text, nullable=False)
)


def upgrade() -> None:
    """Make them."""
    metadata.create_all(op.get_bind())
    op.bulk_insert(metadata.tables["meta"], [{"name": "schema", "value": "1"}])
