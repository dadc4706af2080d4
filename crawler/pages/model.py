"""What one page says: the value objects that every reader fills (contract 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


class Link(NamedTuple):  # made a hundred times a page: a tuple takes a fifth of a frozen dataclass's time
    """One occurrence of an address that a browser would request, or that a reader could click."""

    url: str
    """Absolute http or https address as a browser requests it, without fragment."""
    text: str
    tag: str
    """Where it stood: a, area, img, script, link, iframe, frame, option, meta, onclick, source, embed, object, video,
    audio, track, input, style."""
    region: str
    """header, nav, content, side or footer."""
    hidden: bool
    raw: str = ""
    """The address as written, cut to 500 characters: the evidence of a writing fault."""
    fault: str | None = None
    """Fault of writing that a reader suffers from: missing-scheme, double-scheme, scheme-typo, full-width, bad-host."""


class Item(NamedTuple):
    """One entry of a list. `url` is empty when the entry leads nowhere (`#`)."""

    url: str
    title: str
    date: date | None


@dataclass(frozen=True, slots=True)
class Identity:
    """The footer items of 国办秘函〔2019〕19号 扣分指标“网站标识”, as shown to a reader; None where not shown."""

    site_code: str | None = None
    icp: str | None = None
    police: str | None = None
    conac: str | None = None
    jiucuo: str | None = None
    sponsor: str | None = None
    contact: str | None = None
    jiucuo_code: str | None = None
    """site_code parameter of the 找错 link, to be held against the code in text and meta."""
    police_code: str | None = None
    """recordcode parameter of the police link, to be held against the number in text."""
    icps: tuple[str, ...] = ()
    """Every ICP number shown; shared platforms show more than one."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that one HTML page says about itself; built by `read_page` alone."""

    url: str
    base_url: str
    encoding: str
    title: str | None
    kind: str
    """home, list, article, blank, scripted-list, challenge or other."""
    published: date | None
    published_from: str | None
    """label, text, url (an unlabelled visible date that the address confirms) or meta."""
    published_conflict: bool
    date_evidence: dict[str, date]
    """Every date of publication that was found, by source: label, text, meta, url."""
    items: list[Item]
    newest: date | None
    links: list[Link]
    identity: Identity
    tags: dict[str, str]
    """Tags of 国办发〔2017〕47号 by their official names, content as written."""
    text: str
    text_length: int
    headline: str | None
    source: str | None
    doc_number: str | None
    generated: datetime | None
    breadcrumb: list[tuple[str, str | None]]
    navigation: list[tuple[str, str]]
    next_pages: list[str]
    list_sources: list[str]
    jump_to: str | None
    footer_scripts: list[str]
    column_type: str | None
    menu_parents: dict[str, str] = field(default_factory=dict)
    """Of a home page: address of each entry of a drop-down menu to that of the entry it drops down from."""
