"""A feed that an account or a site publishes: RSS (0.9x, 1.0, 2.0), Atom (RFC 4287) or JSON Feed (1.0, 1.1).

Only the days of entries count: the day of the whole feed is that of its making, which a server writes anew each time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.pages.encoding import decode

MAX_ENTRIES = 500  # of one feed, in its order: what a reader would be shown
_CHINA = ZoneInfo("Asia/Shanghai")
_FORMS = {"rss": "rss", "RDF": "rss", "feed": "atom"}
_POSTED = ("pubDate", "published", "date", "issued", "updated", "modified")  # of one entry, the first that is there
_JSON_POSTED = ("date_published", "date_modified")
_JSON_FEED = "https://jsonfeed.org/version/"
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHINESE = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed shows. `form`: rss, atom or json; `newest`: day in China of its newest dated entry."""

    form: str
    title: str
    entries: int
    dated: int
    newest: date | None
    newest_title: str = ""


def read_feed(body: bytes, content_type: str | None, today: date) -> Feed | None:
    """The feed in `body`, None when it is none. Entries dated after `today` count as undated. Never raises.

    External entities are not read, and what an entity would expand to is left out.
    """
    text = decode(body, content_type)[1].lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json(text, today)
    return _xml(text, today) if text.startswith("<") else None


def _json(text: str, today: date) -> Feed | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not str(data.get("version", "")).startswith(_JSON_FEED):
        return None
    listed = [one for one in items[:MAX_ENTRIES] if isinstance(one, dict)]
    return _feed("json", data.get("title"), ((_json_day(one), one.get("title")) for one in listed), today)


def _json_day(item: Mapping[str, object]) -> date | None:
    return day_of(next((str(item[name]) for name in _JSON_POSTED if item.get(name)), ""))


def _xml(text: str, today: date) -> Feed | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(_DECLARED.sub("", text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    form = _FORMS.get(_name(root)) if root is not None else None
    if form is None:
        return None
    entries = [one for one in root.iter(etree.Element) if _name(one) in ("item", "entry")][:MAX_ENTRIES]
    heads = [root, *(one for one in root if _name(one) == "channel")]
    title = next((found for head in heads if (found := _child(head, ("title",)))), "")
    return _feed(form, title, ((day_of(_child(one, _POSTED)), _child(one, ("title",))) for one in entries), today)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _child(element: etree._Element, names: Iterable[str]) -> str:
    """Text of the first child of these names, in the order of the names; empty when there is none."""
    for name in names:
        for child in element:
            if _name(child) == name and (text := "".join(child.itertext()).strip()):
                return str(text)
    return ""


def _feed(form: str, title: object, entries: Iterable[tuple[date | None, object]], today: date) -> Feed:
    rows = list(entries)
    dated = sorted((day, str(name or "")) for day, name in _past(rows, today))
    newest, newest_title = dated[-1] if dated else (None, "")
    return Feed(form, str(title or ""), len(rows), len(dated), newest, newest_title)


def _past(rows: Iterable[tuple[date | None, object]], today: date) -> Iterator[tuple[date, object]]:
    return ((day, name) for day, name in rows if day is not None and day <= today)


def day_of(text: str) -> date | None:
    """Day in China of a time as feeds write it (RFC 822, RFC 3339, 2026-11-18 09:30); None for anything else."""
    text = text.strip()[:80]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment.astimezone(_CHINA) if moment.tzinfo else moment).date()
        except (ValueError, TypeError, OverflowError):
            continue
    found = _CHINESE.search(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
