"""Links that readers do not see and that lead to hosts outside the inventory: kept as facts, good targets too (7.9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.facts.asking import holders
from crawler.facts.model import AddressFact, BadLink, Holder

MAX_HOLDERS = 100  # held in memory for one target; all are counted


def drop_fine_edges(db: Connection, run: int) -> None:
    """Drop the edges to targets that are fine, but for those that are hidden, lead to a foreign host and are shown
    nowhere: those are facts of their own.
    """
    address, edge, other = schema.address, schema.edge, schema.edge.alias("other")
    bad = sa.select(address.c.id).where(address.c.run == run, address.c.outcome != "ok")
    foreign = sa.select(address.c.id).where(address.c.run == run, address.c.site.is_(None))
    shown = sa.select(other.c.target).where(other.c.run == run, sa.not_(other.c.hidden))
    fine = sa.and_(edge.c.run == run, edge.c.fault.is_(None), edge.c.target.not_in(bad))
    db.execute(edge.delete().where(edge.c.hidden, fine, edge.c.target.in_(shown)))  # few, so asked first
    db.execute(edge.delete().where(fine, sa.not_(sa.and_(edge.c.hidden, edge.c.target.in_(foreign)))))


def hidden_links(
    db: Connection, run: int, site: str, addresses: Callable[[list[int]], dict[int, AddressFact]]
) -> Iterator[BadLink]:
    """Foreign targets that pages of the site hold hidden and none of the pages kept with it shows, by number.

    `addresses` gives the facts of addresses by number. A target whose good state was known early is counted on the
    first pages only: holder_count is then the least number of pages.
    """
    target, edge, page, holder = schema.address, schema.edge, schema.page, schema.address.alias("holder")
    query = (
        sa.select(edge, page.c.region, page.c.column.label("page_column"), holder.c.url.label("page_url"))
        .join(target, (target.c.run == edge.c.run) & (target.c.id == edge.c.target))
        .join(holder, (holder.c.run == edge.c.run) & (holder.c.id == edge.c.page))
        .outerjoin(page, (page.c.run == edge.c.run) & (page.c.id == edge.c.page))
        .where(edge.c.run == run, edge.c.page.in_(holders(run, site)), target.c.site.is_(None))
        .where(sa.func.coalesce(page.c.site, holder.c.site) == site)
        .order_by(edge.c.target, edge.c.page)
    )
    held: dict[int, list[Holder]] = defaultdict(list)
    counts: Counter[int] = Counter()
    shown: set[int] = set()
    last = None
    for row in db.execute(query):
        if not row.hidden:
            shown.add(row.target)
        if not row.hidden or (row.target, row.page) == last:
            continue
        last = (row.target, row.page)
        counts[row.target] += 1
        if len(held[row.target]) < MAX_HOLDERS or row.region == "home":
            held[row.target].append(
                Holder(
                    row.page_url, row.text, row.region or "other", row.page_column, True, row.raw or "", row.tag,
                    row.place,
                )
            )  # fmt: skip
    numbers: Sequence[int] = sorted(set(held) - shown)
    for number, fact in addresses(list(numbers)).items():
        yield BadLink(fact, held[number], counts[number])
