"""The entries of a list page in page order: from markup, comments, jpage records, script objects and JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from crawler.pages.dates import Hit, find_dates, narrow
from crawler.pages.model import Item
from crawler.pages.paths import is_article
from crawler.pages.regions import mark_regions
from crawler.pages.resolve import Resolver
from crawler.pages.rows import Row, read_rows
from crawler.pages.script_lists import has_dated_objects, looks_like_items, record_markup, script_items
from crawler.pages.tree import Document, build
from crawler.pages.years import settle_years

_MAIN_SHARE = 0.34
_SEVERAL = 4
_WHOLE_LIST = 7
_FEW = 3


@dataclass(slots=True)
class Listing:
    """What a page lists: all dated rows, the rows of its main list, and where entries came from."""

    rows: list[Row] = field(default_factory=list)
    dated: list[Row] = field(default_factory=list)
    drawn: list[Item] = field(default_factory=list)
    """Entries that only a script would show: from comments, records or objects."""


def read_listing(doc: Document, hits: list[Hit], resolve: Resolver, latest: date, as_of: date) -> Listing:
    """Find every row and every drawn entry; nothing is chosen yet.

    `latest` bounds dates without a year (the page cannot list what came after its generation), `as_of` all others.
    """
    listing = Listing(rows=read_rows(doc, hits, resolve))
    for group in grouped(listing.rows).values():
        settle_years(group, latest, as_of)
    listing.dated = [row for row in listing.rows if row.day is not None]
    shown = sum(row.link.region != "side" for row in listing.dated)
    listing.drawn = _drawn(doc, resolve, as_of, shown >= _SEVERAL)
    if len(listing.drawn) > 2 * shown and listing.drawn:
        listing.rows, listing.dated = [], []  # the page's list is the drawn one, what stands beside it is another's
    return listing


def grouped(rows: list[Row]) -> dict[tuple[str, ...], list[Row]]:
    """Rows by the shape of their markup, in page order."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(row.signature, []).append(row)
    return groups


def markup_items(html: str, resolve: Resolver, latest: date) -> list[Item]:
    """Entries of a piece of list markup."""
    doc = build(html)
    doc.text = narrow(doc.text)
    for element in doc.elements:
        element.region = "content"
    rows = read_rows(doc, find_dates(doc.text), resolve)
    for group in grouped(rows).values():
        settle_years(group, latest, latest)
    return [Item(row.url, row.title, row.day) for row in rows]


def main_rows(listing: Listing, pager: int | None) -> list[Row]:
    """Rows of the list that the page is for: the group before the pager, else the largest, and groups of its kind."""
    dated = [row for row in listing.dated if row.link.region != "side"]
    if not dated and (pager is not None or len(listing.dated) >= _WHOLE_LIST):
        dated = listing.dated  # too long for a side block: the template only names its list like one
    if not dated:
        return []
    sizes = Counter(row.signature for row in dated)
    chosen = sizes.most_common(1)[0][0]
    if pager is not None:
        above = [row for row in dated if row.link.start < pager]
        if above and sizes[above[-1].signature] > 1:
            chosen = above[-1].signature
    kept = {
        shape
        for shape, count in sizes.items()
        if shape == chosen or (count >= sizes[chosen] * _MAIN_SHARE and not pager)
    }
    return [row for row in listing.rows if row.signature in kept and (row.day or row.signature == chosen)]


def undated_rows(listing: Listing) -> list[Row]:
    """Rows of lists that show no date: several like rows whose addresses or titles are those of articles."""
    found: list[Row] = []
    for group in grouped([row for row in listing.rows if row.link.region == "content"]).values():
        if len(group) < _FEW and not any(is_article(row.url) for row in group):
            continue
        articles = sum([is_article(row.url) for row in group])
        long_titles = sum([len(row.title) >= 9 for row in group])
        leading = any(row.url for row in group)
        told = articles * 2 > len(group) or (
            len(group) >= 3 and long_titles * 3 >= len(group) * 2 and (articles or not leading)
        )
        if told or (len(group) >= 5 and long_titles * 5 >= len(group) * 4):
            found.extend(group)
    return sorted(found, key=lambda row: row.link.index)


def _drawn(doc: Document, resolve: Resolver, latest: date, has_rows: bool) -> list[Item]:
    items: list[Item] = []
    for script in doc.scripts:
        text = script.text
        if len(text) < 60:
            continue
        markup = record_markup(text)
        if markup:
            items += markup_items(markup, resolve, latest)
        elif not has_rows and has_dated_objects(text):
            items += script_items(text, resolve, latest)
    if not has_rows and not items:
        for comment, _ in doc.comments:
            if looks_like_items(comment):
                items += [item for item in markup_items(comment, resolve, latest) if item.date is not None]
    return items


def unique(items: list[Item]) -> list[Item]:
    """The same entry shown twice counts once."""
    seen: set[tuple[str, date | None]] = set()
    kept: list[Item] = []
    for item in items:
        key = (item.url, item.date)
        if not item.url or key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


__all__ = ["Listing", "main_rows", "mark_regions", "markup_items", "read_listing", "undated_rows", "unique"]
