"""Columns of a stored site: their lists put together from list pages, data addresses, frames and jumps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.facts.asking import holders, lists
from crawler.facts.items import day_of, day_of_item, distinct, is_automatic, newest_of
from crawler.facts.keys import key_of
from crawler.facts.model import ColumnFact, ItemFact
from crawler.facts.naming import above, folder_of, path_of, type_of, without_list
from crawler.inventory import Column, Site
from crawler.outcomes import Outcome, Reason
from crawler.pages import canonical
from crawler.pages.paths import is_article, is_home

MAX_JUMPS = 4
CHUNK = 500
_UNDRAWN = ("blank", "scripted-list", "other")


@dataclass
class _Seen:
    """One column with the addresses of its list, the first list page first, and where its own address ends."""

    column: Column
    url: str
    discovered: bool
    rows: list[Any] = field(default_factory=list)
    end: str = ""
    crumb: Sequence[Sequence[str | None]] = ()
    told: str | None = None  # type by the page's tags and breadcrumb
    above: frozenset[str] = frozenset()
    below: list[int] = field(default_factory=list)  # places of its sub-columns

    @property
    def first(self) -> Any:
        """Its first list page; None when it was never listed."""
        return self.rows[0] if self.rows else None


class StoredColumns:
    """The columns of `SiteFacts` over the store."""

    _db: Connection
    _run: int
    site: Site

    @cached_property
    def columns(self) -> Sequence[ColumnFact]:
        """Columns of the inventory, or those found on the site when it names none.

        The newest day of a 一级栏目 is that of its newest sub-column when that one is newer, for the clause asks for
        updates of the first-level column as a whole; any other column without a dated list of its own is dated by its
        sub-columns as well. `newest_of` then names the sub-column.
        """
        seen = self._seen()
        items = self._items(sorted({row.id for one in seen for row in one.rows}))
        facts = [self._fact(one, items) for one in seen]
        return self._by_children(seen, self._shared(seen, facts))

    @cached_property
    def _known(self) -> list[tuple[Column, str, bool]]:
        """(column, address, discovered) of each column, in the order in which ties are settled."""
        if self.site.columns:
            return [(column, canonical(self.site.column_url(column)), False) for column in self.site.columns]
        table = schema.discovered
        query = sa.select(table).where(table.c.run == self._run, table.c.site == self.site.id)
        return [
            (Column(id=row.id, name=row.name, url=row.url, type=row.type, top_level=row.top_level), row.url, True)
            for row in self._db.execute(query.order_by(table.c.url))
        ]

    # -- their list pages --------------------------------------------------------------------------------------

    def _list_query(self) -> Any:
        address, page = schema.address, schema.page
        return (
            sa.select(address, page.c.kind, page.c.item_count, page.c.dated_count, page.c.newest, page.c.extra)
            .outerjoin(page, (page.c.run == address.c.run) & (page.c.id == address.c.id))
            .where(address.c.run == self._run)
        )

    def _seen(self) -> list[_Seen]:
        seen = [_Seen(column, url, discovered) for column, url, discovered in self._known]
        by_id = {one.column.id: one for one in seen}
        by_url = {one.url: one for one in seen}
        address, roles = schema.address, (1, 2)
        numbers = lists(self._run, self.site.id, roles, self._foreign_columns())
        query = self._list_query().where(address.c.id.in_(numbers), address.c.role.in_(roles))
        order = (address.c.role, address.c.depth, sa.func.length(address.c.url), address.c.url)
        for row in self._db.execute(query.where(address.c.column.is_not(None)).order_by(*order)):
            one = by_url.get(row.url) or by_id.get(row.column)
            if one is not None:
                one.rows.append(row)
        for row in self._rows_of([one.url for one in seen if not one.rows]):
            by_url[row.url].rows.append(row)  # it was read before it was known to be a column
        for one in seen:
            self._follow(one)
        self._order(seen)
        return seen

    def _order(self, seen: list[_Seen]) -> None:
        """Put each column under those that its breadcrumb, the menu or its address say."""
        menu = self._menu
        for one in seen:
            one.above = above(one.crumb, menu.get(one.url))
        for one in seen:
            folder = folder_of(one.url) or "\n"
            one.below = [
                place
                for place, other in enumerate(seen)
                if other is not one and (one.url in other.above or other.url.startswith(folder))
            ]

    def _foreign_columns(self) -> list[str]:
        return [canonical(self.site.column_url(column)) for column in self.site.columns]

    def _rows_of(self, urls: Sequence[str]) -> list[Any]:
        """Addresses by their canonical form, whatever their role."""
        found: list[Any] = []
        keys = {key_of(url): url for url in urls}
        for start in range(0, len(urls), CHUNK):
            chosen = list(keys)[start : start + CHUNK]
            rows = self._db.execute(self._list_query().where(schema.address.c.id.in_(chosen)))
            found += [row for row in rows if keys.get(row.id) == row.url]
        return found

    def _follow(self, one: _Seen) -> None:
        """Where a reader ends who opens the column: through redirects and pages that only jump on."""
        row = one.first
        one.end = canonical(row.final_url) if row is not None and row.final_url else one.url
        met = {one.url, one.end}
        while row is not None and (jump := (row.extra or {}).get("jump_to")) and len(met) < 2 * MAX_JUMPS:
            one.end = canonical(jump)
            if one.end in met:
                break
            row = next(iter(self._rows_of([one.end])), None)
            if row is not None:
                met |= {one.end, canonical(row.final_url or one.end)}
                one.end = canonical(row.final_url or one.end)
                if all(row.id != known.id for known in one.rows) and row.kind:
                    one.rows.append(row)
        extra = (row.extra if row is not None else None) or {}
        one.crumb, one.told = extra.get("crumb") or (), extra.get("column_type")

    # -- facts -------------------------------------------------------------------------------------------------

    def _fact(self, one: _Seen, items: dict[int, list[ItemFact]]) -> ColumnFact:
        first = one.first
        listed = distinct(item for row in one.rows for item in items[row.id])
        newest, newest_item = newest_of(listed)
        path = path_of(one.crumb, one.column.name, canonical(self.site.url), self.site.name)
        kind = first.kind if first else None
        if kind in _UNDRAWN and listed:
            kind = "list"  # a data address, a frame or the page it jumps to gave the items
        column = self._settled(one, kind, listed, path) if one.discovered else one.column
        return ColumnFact(
            column=column,
            url=one.url,
            unit=column.unit or self.site.unit,
            discovered=one.discovered,
            outcome=Outcome(first.outcome) if first and first.outcome else Outcome.UNCHECKED,
            reason=Reason(first.reason) if first and first.reason else Reason.NOT_REACHED,
            kind=kind,
            final_url=one.end if first and one.end != one.url else None,
            newest=newest,
            newest_item=newest_item,
            item_count=len(listed),
            dated_count=sum(day_of_item(item) is not None for item in listed),
            undated_articles=sum(item.article_read and item.published is None for item in listed),
            path=path,
        )

    def _settled(self, one: _Seen, kind: str | None, listed: list[ItemFact], path: tuple[str, ...]) -> Column:
        """A column that was found, with the type and level that reading it showed.

        What leads to a home page or away from the site, and what holds no list, is never asked for updates.
        """
        level = len(path) == 2 if one.crumb else one.column.top_level
        away = is_home(one.end) or (one.first is not None and one.first.final_url and kind is None)
        typed = "其他" if away else type_of(one.column.type, one.told, [] if one.below else listed)
        if not listed and kind in ("article", "other", "home"):
            typed = without_list(typed)
        return one.column.model_copy(update={"type": typed, "top_level": level})

    def _shared(self, seen: list[_Seen], facts: list[ColumnFact]) -> list[ColumnFact]:
        """Columns that end at one address show one list; the column whose own address it is stands for them."""
        own = {one.url: one.column.id for one in seen}
        shown: dict[str, str] = {}
        found = []
        for one, fact in zip(seen, facts, strict=True):
            head = own.get(one.end) or shown.setdefault(one.end, one.column.id)
            found.append(fact if head == one.column.id else replace(fact, same_as=head))
        return found

    def _by_children(self, seen: list[_Seen], facts: list[ColumnFact]) -> list[ColumnFact]:
        loose = self._loose_lists()
        found = []
        for one, fact in zip(seen, facts, strict=True):
            if fact.outcome is not Outcome.OK or not (fact.column.top_level or fact.dated_count == 0):
                found.append(fact)
                continue
            below = [facts[place] for place in one.below if facts[place].column.type in (fact.column.type, "其他")]
            below += [other for other in loose.get(one.column.id, ()) if other.column.type == fact.column.type]
            found.append(_dated_by(fact, below))
        return found

    @cached_property
    def _menu(self) -> dict[str, str]:
        """Canonical address of each entry of a drop-down menu to that of its head."""
        page, address = schema.page, schema.address
        query = (
            sa.select(page.c.extra)
            .join(address, (address.c.run == page.c.run) & (address.c.id == page.c.id))
            .where(page.c.run == self._run, page.c.site == self.site.id, address.c.role == 0)
        )
        menus = [(extra or {}).get("menu") or {} for extra in self._db.execute(query).scalars()]
        return {canonical(sub): canonical(head) for menu in menus for sub, head in menu.items()}

    def _loose_lists(self) -> dict[str, list[ColumnFact]]:
        """Lists under a column of the inventory by their address that no column names: its unnamed sub-columns."""
        page, address = schema.page, schema.address
        known = {url for _, url, _ in self._known}
        columns = {column.id: column for column, _, _ in self._known}
        query = self._list_query().where(
            page.c.site == self.site.id, page.c.kind == "list", page.c.dated_count > 0, address.c.role == 4,
            page.c.column.in_([column.id for column in columns.values() if column.top_level]),
        )  # fmt: skip
        rows = self._db.execute(query.add_columns(page.c.column.label("of"))).all()
        rows = [row for row in rows if row.url not in known and not is_article(row.url)]
        items = self._items([row.id for row in rows])
        found: dict[str, list[ColumnFact]] = defaultdict(list)
        for row in rows:
            head = columns[row.of]
            told = (row.extra or {}).get("column_type") or head.type
            crumb = (row.extra or {}).get("crumb") or ()
            name = str(crumb[-1][0]) if crumb and crumb[-1][0] else head.name
            one = _Seen(head.model_copy(update={"type": told, "name": name[:60]}), row.url, False, [row], row.url)
            found[row.of].append(self._fact(one, items))
        return found

    # -- items -------------------------------------------------------------------------------------------------

    def _items(self, pages: list[int]) -> dict[int, list[ItemFact]]:
        """Items of list pages, with the article's own date where the article was read."""
        found: dict[int, list[ItemFact]] = {page: [] for page in pages}
        item, address, page = schema.item, schema.address, schema.page
        for start in range(0, len(pages), CHUNK):
            query = (
                sa.select(item, page.c.kind, page.c.published)
                .outerjoin(address, (address.c.run == item.c.run) & (address.c.id == item.c.key))
                .outerjoin(page, (page.c.run == address.c.run) & (page.c.id == address.c.id))
                .where(item.c.run == self._run, item.c.page.in_(pages[start : start + CHUNK]))
                .order_by(item.c.page, item.c.position)
            )
            for row in self._db.execute(query):
                fact = ItemFact(row.url, row.title, day_of(row.listed), day_of(row.published), row.kind == "article")
                if fact.article_read or not is_automatic(row.title):
                    found[row.page].append(fact)
        return found

    @cached_property
    def _listed_columns(self) -> dict[int, str]:
        """Column of each page that some column's list names; the first in the inventory's order wins, every time."""
        item, listing, page, target = schema.item, schema.address.alias("listing"), schema.page, schema.address
        column = sa.func.coalesce(page.c.column, listing.c.column)
        query = (
            sa.select(target.c.id, column)
            .select_from(item)
            .join(listing, (listing.c.run == item.c.run) & (listing.c.id == item.c.page))
            .outerjoin(page, (page.c.run == item.c.run) & (page.c.id == item.c.page))
            .join(target, (target.c.run == item.c.run) & (target.c.id == item.c.key))
            .where(item.c.run == self._run, item.c.page.in_(holders(self._run, self.site.id)))
            .where(column.in_([column.id for column, _, _ in self._known]))
            .where(sa.func.coalesce(page.c.site, listing.c.site) == self.site.id)
            .distinct()
        )
        order = {column.id: number for number, (column, _, _) in enumerate(self._known)}
        found: dict[int, str] = {}
        for number, name in self._db.execute(query):
            if number not in found or order[name] < order[found[number]]:
                found[number] = name
        return found


def _dated_by(fact: ColumnFact, below: list[ColumnFact]) -> ColumnFact:
    dated = [other for other in below if other.newest is not None and other.outcome is Outcome.OK]
    best = max(dated, key=lambda other: (other.newest or date.min, other.url), default=None)
    if best is None or best.newest is None or (fact.newest is not None and fact.newest >= best.newest):
        return fact
    return replace(fact, newest=best.newest, newest_item=best.newest_item, newest_of=best.column.name)
