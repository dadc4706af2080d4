"""read_page: every reader over one parse of one page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from crawler.pages.address import Address, parse
from crawler.pages.article import read_doc_number, read_source
from crawler.pages.columns import column_type_of
from crawler.pages.css import css_addresses
from crawler.pages.dates import Hit, find_dates, narrow
from crawler.pages.encoding import decode
from crawler.pages.footer import footer_document
from crawler.pages.identity import read_identity
from crawler.pages.kinds import Signs, kind_of
from crawler.pages.links import read_links
from crawler.pages.lists import Listing, main_rows, markup_items, read_listing, undated_rows, unique
from crawler.pages.model import Identity, Item, Link, Page
from crawler.pages.navigation import breadcrumb, menu_parents, navigation
from crawler.pages.paging import next_pages, pager_place
from crawler.pages.published import read_publication
from crawler.pages.regions import mark_regions
from crawler.pages.resolve import Resolver
from crawler.pages.rows import Row
from crawler.pages.script_lists import record_markup, script_items, xml_items
from crawler.pages.sources import footer_scripts, jump_target, list_sources
from crawler.pages.substance import main_text, measure
from crawler.pages.tags import generation_time, official_tags, published_meta, read_metas
from crawler.pages.title import find_headline, page_title
from crawler.pages.tree import Document, Element, build

TEXT_LIMIT = 200_000
_NO_ARTICLE: dict[str, Any] = {
    "published": None, "published_from": None, "published_conflict": False, "headline": None, "source": None,
    "doc_number": None,
}  # fmt: skip
CHINA = timezone(timedelta(hours=8))
_LOG = logging.getLogger(__name__)


def read_page(body: bytes, url: str, content_type: str | None = None, as_of: datetime | None = None) -> Page:
    """Read one HTML page. Pure, without network, never raises, linear in the size of the page.

    `as_of` is the moment that list dates without a year are counted back from; now when None.
    """
    try:
        return _read(body, url, content_type, _day(as_of))
    except Exception:  # a page that no reader understands is still a page: it must not end a round
        _LOG.exception("page could not be read: %s", url)
        return empty_page(url)


def _day(as_of: datetime | None) -> date:
    """The day of as-of in China's time."""
    moment = as_of if as_of is not None else datetime.now(UTC)
    return moment.astimezone(CHINA).date() if moment.tzinfo is not None else moment.date()


@dataclass(frozen=True, slots=True)
class _Frame:
    """The parsed page and what every further reader needs of it."""

    doc: Document
    own: str
    base: Address | None
    encoding: str
    resolve: Resolver
    title: str | None
    metas: dict[str, str]
    tags: dict[str, str]
    generated: datetime | None
    as_of: date


def _frame(body: bytes, url: str, content_type: str | None, as_of: date) -> _Frame:
    encoding, html = decode(body, content_type)
    doc = build(html)
    doc.text = narrow(doc.text)
    mark_regions(doc)
    own = parse(url)
    base = _base(doc, own)
    metas = read_metas(doc)
    return _Frame(
        doc=doc,
        own=str(own or url),
        base=base,
        encoding=encoding,
        resolve=Resolver(base, encoding),
        title=page_title(doc),
        metas=metas,
        tags=official_tags(metas),
        generated=generation_time(metas),
        as_of=as_of,
    )


def _read(body: bytes, url: str, content_type: str | None, as_of: date) -> Page:
    frame = _frame(body, url, content_type, as_of)
    doc, resolve, tags = frame.doc, frame.resolve, frame.tags
    hits = find_dates(doc.text)
    head = find_headline(doc, frame.title, frame.metas.get("articletitle", ""))
    latest = min(as_of, frame.generated.date()) if frame.generated else as_of
    listing = read_listing(doc, hits, resolve, latest, as_of)
    signs = _signs(frame, hits, head, listing)
    jump = jump_target(doc, resolve, frame.own, signs.shown, signs.anchors)
    kind = kind_of(doc, signs, resolve)
    kind = "other" if jump and kind not in ("challenge", "home") else kind
    items = _items(kind, listing, signs)
    own = _article(frame, head, signs) if kind == "article" else {"date_evidence": {}}
    return Page(
        url=url,
        **{**_NO_ARTICLE, **own},
        base_url=str(frame.base) if frame.base else url,
        encoding=frame.encoding,
        title=frame.title,
        kind=kind,
        items=items,
        newest=max((item.date for item in items if item.date is not None), default=None),
        links=read_links(doc, resolve),
        identity=read_identity(doc),
        tags=tags,
        text=main_text(doc, TEXT_LIMIT),
        text_length=signs.shown,
        generated=frame.generated,
        breadcrumb=signs.crumb,
        navigation=navigation(doc, resolve),
        menu_parents=menu_parents(doc, resolve) if kind == "home" else {},
        next_pages=[] if kind == "article" else next_pages(doc, resolve, frame.own),
        list_sources=list_sources(doc, resolve),
        jump_to=jump,
        footer_scripts=footer_scripts(doc, resolve),
        column_type=_column_type(tags, signs.crumb, frame.title),
    )


def _signs(frame: _Frame, hits: list[Hit], head: Element | None, listing: Listing) -> Signs:
    """What tells the kind of the page."""
    doc = frame.doc
    meta = published_meta(frame.metas, frame.generated)
    day = meta.date() if meta else None
    pager = pager_place(doc)
    return Signs(
        url=frame.own,
        title=frame.title,
        tags=frame.tags,
        shown=_characters(doc.visible(0, len(doc.text))),
        anchors=len(doc.tagged["a"]),
        main=main_rows(listing, pager),
        undated=undated_rows(listing),
        drawn=listing.drawn,
        pager=pager is not None,
        crumb=breadcrumb(doc, frame.resolve),
        headline=" ".join(doc.text_of(head).split()) if head is not None else "",
        publication=read_publication(doc, hits, head, day, frame.own, frame.as_of),
        substance=measure(doc),
    )


def _characters(text: str) -> int:
    """Characters of a page's text that are no white space: of that it holds blanks and line ends alone."""
    return len(text) - text.count(" ") - text.count("\n")


def _article(frame: _Frame, head: Element | None, signs: Signs) -> dict[str, Any]:
    """The fields that only an article has."""
    text, publication = frame.doc.text, signs.publication
    after = head.stop if head is not None else 0
    return {
        "published": publication.day,
        "published_from": publication.source,
        "published_conflict": publication.conflict,
        "date_evidence": publication.evidence,
        "headline": signs.headline or None,
        "source": read_source(text, after, frame.tags.get("ContentSource", "")),
        "doc_number": read_doc_number(text, after, signs.headline),
    }


def _base(doc: Document, own: Address | None) -> Address | None:
    """The address that relative ones are read against: the first base element, else the page's own."""
    for element in doc.tagged["base"]:
        if element.get("href").strip():
            return parse(element.get("href"), own) or own
    return own


def _items(kind: str, listing: Listing, signs: Signs) -> list[Item]:
    """Entries: all dated and article-like ones of a home page, the main list of a list page, none of other kinds."""
    if kind == "home":
        rows = {id(row): row for row in listing.dated + signs.undated}
        ordered = sorted(rows.values(), key=lambda row: row.link.index)
        return unique(_as_items(ordered) + listing.drawn)
    if kind != "list":
        return []
    rows_of_list = signs.main or ([] if listing.drawn else signs.undated)
    return unique(_as_items(rows_of_list) + listing.drawn)


def _as_items(rows: list[Row]) -> list[Item]:
    return [Item(row.url, row.title, row.day) for row in rows]


def _column_type(tags: dict[str, str], crumb: list[tuple[str, str | None]], title: str | None) -> str | None:
    """Type by the column's tags, the last steps of the breadcrumb that are short enough for a column, the title."""
    names = [tags.get("ColumnType", ""), tags.get("ColumnName", "")]
    names += [name for name, _ in reversed(crumb[-3:]) if len(name) <= 16]
    if title and not crumb:
        names.append(title.replace("_", "-").partition("-")[0])
    return next((kind for kind in map(column_type_of, names) if kind is not None), None)


def read_css(body: bytes, url: str) -> list[Link]:
    """Addresses that a fetched stylesheet makes a browser request; never raises."""
    resolve = Resolver(parse(url), "utf-8")
    links: list[Link] = []
    for raw in css_addresses(decode(body)[1]):
        found = resolve(raw)
        if found is not None:
            links.append(Link(found[0], "", "style", "content", False, raw[:500], found[1]))
    return links


def read_list_data(body: bytes, url: str, as_of: datetime | None = None) -> list[Item]:
    """Entries of fetched list data: jpage records, XML, JSON, JSONP or a piece of list markup; never raises."""
    try:
        return _list_data(decode(body)[1], url, _day(as_of))
    except Exception:
        _LOG.exception("list data could not be read: %s", url)
        return []


def read_footer(body: bytes, content_type: str | None = None) -> Identity:
    """What a fetched footer script writes into the page, or a fetched piece of footer shows; never raises."""
    try:
        return read_identity(footer_document(decode(body, content_type)[1]))
    except Exception:
        _LOG.exception("footer could not be read")
        return Identity()


def _list_data(text: str, url: str, as_of: date) -> list[Item]:
    resolve = Resolver(parse(url), "utf-8")
    markup = record_markup(text)
    if markup:
        return unique(markup_items(markup, resolve, as_of))
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start in ("{", "["):
        return unique(script_items(text, resolve, as_of))
    if start == "<":
        found = xml_items(text, resolve, as_of)
        return unique(found or [item for item in markup_items(text, resolve, as_of) if item.date is not None])
    return unique(script_items(text, resolve, as_of))


def empty_page(url: str) -> Page:
    """A page of which nothing could be read."""
    return Page(
        url=url, base_url=url, encoding="utf-8", title=None, kind="other", published=None, published_from=None,
        published_conflict=False, date_evidence={}, items=[], newest=None, links=[], identity=Identity(), tags={},
        text="",
        text_length=0, headline=None, source=None, doc_number=None, generated=None, breadcrumb=[], navigation=[],
        next_pages=[], list_sources=[], jump_to=None, footer_scripts=[], column_type=None,
    )  # fmt: skip
