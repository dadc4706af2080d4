"""List entries that stand in comments, in jpage `<record>` blocks, or in objects of a script or of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from html import unescape

from crawler.pages.dates import parse_moment
from crawler.pages.model import Item
from crawler.pages.near import holds_any
from crawler.pages.objects import read_objects
from crawler.pages.paths import is_article
from crawler.pages.resolve import Resolver

_XML_ITEMS = ("item", "entry", "row", "article", "news", "info", "record")
_XML_ITEM_LIMIT = 20_000
_XML_FIELD = re.compile(r"<([a-zA-Z_][\w:-]{0,40})\b[^>]{0,300}>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</\1>", re.S)
_TITLES = (
    "title", "articletitle", "doctitle", "infotitle", "newstitle", "articlename", "showtitle", "maintitle", "subject",
    "name",
    "biaoti", "bt", "xxbt", "fulltitle", "text", "topic", "caption", "f_title", "infoname", "ti", "listtitle",
    "linktitle",
)  # fmt: skip
_DATES = (
    "pubdate", "publishdate", "publishtime", "publish_time", "publish_date", "pubtime", "pub_date", "pub_time",
    "docreltime",
    "docpubtime", "display_publish_time", "publishedtimestr", "publishedtime", "published_time", "displaypublishtime",
    "showdate", "showtime", "releasetime", "releasedate", "fbsj", "fbrq", "deploytime", "displaydate", "infodate",
    "date", "time", "datetime", "day", "posttime", "issuetime", "writetime", "inputtime", "addtime", "addate",
    "createtime",
    "create_time", "createdate", "created_at", "crtime", "updatetime", "update_time", "opertime", "lmt", "dates",
    "published",
)  # fmt: skip
_URLS = (
    "url", "puburl", "docpuburl", "pub_url", "articleurl", "link", "linkurl", "href", "infourl", "htmlurl", "showurl",
    "weburl",
    "post_url", "urls", "self_url", "selfurl", "staticurl", "path", "pageurl", "docurl", "visiturl", "infourl",
    "htmlpath",
)  # fmt: skip
_COLUMN_FIELDS = frozenset(("childcount", "children", "channeltype", "articlecount", "haschild", "childrens", "isleaf"))
_HAS_TITLE = re.compile(r"(?:title|subject|bt|biaoti|name)[\"']?\s{0,4}:", re.I)
_HAS_DATE = re.compile(r"(?:date|time|fbsj|fbrq|created_at|day|published)\w{0,12}[\"']?\s{0,4}:", re.I)
_DAY = re.compile(r"(?<!\d)(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}(?!\d)")
_TAGS = re.compile(r"<[^<>]{0,400}>")
_CHINA = timezone(timedelta(hours=8))
_DATE_WORDS = ("date", "Date", "DATE", "time", "Time", "TIME", "fbsj", "FBSJ", "fbrq", "created_at", "day", "published")
SCRIPT_LIMIT = 2_000_000
_KEPT = 10_000  # characters of a script that is remembered


def record_markup(text: str) -> str:
    """The HTML inside jpage `<record>` blocks (大汉), joined; empty when there are none."""
    if "record" not in text:
        return ""
    parts: list[str] = []
    for piece in text.split("<record>")[1:]:
        content = piece.partition("</record>")[0].strip()
        if content.startswith("<![CDATA["):
            parts.append(content[9:].partition("]]>")[0])
        elif "&lt;" in content:
            parts.append(unescape(content))
        elif "<a" in content:
            parts.append(content)
    return "\n".join(parts)


def looks_like_items(comment: str) -> bool:
    """Does a comment hold a whole list, which the page's script will show, rather than a remark or dead code?"""
    return len(comment) > 200 and comment.count("<a ") + comment.count("<A ") >= 3 and len(_DAY.findall(comment)) >= 2


def script_items(text: str, resolve: Resolver, latest: date) -> list[Item]:
    """Entries with title and date (or title and page address) among the objects of a script or JSON text."""
    if len(text) > SCRIPT_LIMIT or not _HAS_TITLE.search(text):
        return []
    groups: dict[str, list[Item]] = {}
    for record in _records(text):
        item = _item(record, resolve, latest)
        if item is not None:
            groups.setdefault(_dated_by(record), []).append(item)
    articles = [group for group in groups.values() if sum(is_article(item.url) for item in group) * 2 > len(group)]
    chosen = articles or sorted(groups.values(), key=len)[-1:]
    return [item for group in chosen for item in group]


def _dated_by(record: dict[str, object]) -> str:
    """The field that dates a record: entries of one list share it, menus in the same script have another."""
    return next((key for key in _DATES if _day(record.get(key)) is not None), "")


def has_dated_objects(text: str) -> bool:
    """Cheap test whether `script_items` could find anything."""
    if len(text) < 60 or not holds_any(text, _DATE_WORDS):
        return False
    return _names_both(text) if len(text) < _KEPT else _names_both.__wrapped__(text)


@lru_cache(maxsize=256)  # the same script stands on all pages of a site
def _names_both(text: str) -> bool:
    return _HAS_TITLE.search(text) is not None and _HAS_DATE.search(text) is not None


def xml_items(text: str, resolve: Resolver, latest: date) -> list[Item]:
    """Entries of an XML list: RSS, or `<item><title/><url/><date/></item>` of whatever names."""
    items: list[Item] = []
    for name in _XML_ITEMS:
        for piece in text.split(f"<{name}")[1:] if f"</{name}>" in text else ():
            if piece[:1] not in (">", " ", "\n", "\t", "\r"):
                continue
            record: dict[str, object] = {}
            for part in _XML_FIELD.finditer(piece.partition(f"</{name}>")[0][:_XML_ITEM_LIMIT]):
                record.setdefault(part.group(1).lower(), unescape(part.group(2) or part.group(3) or "").strip())
            item = _item(record, resolve, latest)
            if item is not None:
                items.append(item)
    return items


def _records(text: str) -> Iterator[dict[str, object]]:
    """Objects of JSON or of JavaScript, outer before inner."""
    stripped = text.strip().lstrip("\ufeff")
    if stripped[:1] in ("{", "["):
        try:
            yield from _walk(json.loads(stripped))
            return
        except (ValueError, RecursionError):
            pass
    yield from read_objects(text)


def _walk(value: object) -> Iterator[dict[str, object]]:
    """All dictionaries in a JSON value, without recursion, in order."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, dict):
            yield {str(key).lower(): inner for key, inner in top.items()}
            stack.extend(inner for inner in reversed(list(top.values())) if isinstance(inner, (dict, list)))
        elif isinstance(top, list):
            stack.extend(reversed(top))


def _item(record: dict[str, object], resolve: Resolver, latest: date) -> Item | None:
    if not _COLUMN_FIELDS.isdisjoint(record):
        return None
    title = _first(record, _TITLES)
    title = " ".join(unescape(_TAGS.sub("", title)).split()) if title else ""
    if len(title) < 2:
        return None
    day = next((found for found in map(_day, (record.get(key) for key in _DATES)) if found is not None), None)
    if day is None:
        return None
    raw = _address(record)
    url = resolve.url(raw) if raw else None
    return Item(url or "", title[:300], day if day <= latest + timedelta(days=1) else None)


def _first(record: dict[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _address(record: dict[str, object]) -> str:
    for name in _URLS:
        value = record.get(name)
        if isinstance(value, str) and value.startswith("{"):
            try:
                value = json.loads(value)
            except ValueError:
                continue
        if isinstance(value, dict):
            value = next((inner for inner in value.values() if isinstance(inner, str) and inner), "")
        if isinstance(value, str) and value.strip() and not value.lower().startswith("javascript:"):
            return value.strip()
    return ""


def _day(value: object) -> date | None:
    """A date as text, or as seconds or milliseconds since 1970 in China's time."""
    if isinstance(value, str) and not value.strip().isdigit():
        moment = parse_moment(value)
        return moment.date() if moment else None
    try:
        number = int(value) if isinstance(value, (int, float, str)) else 0
    except (ValueError, OverflowError):
        return None
    if len(str(number)) == 8:
        moment = parse_moment(str(number))
        return moment.date() if moment else None
    number = number // 1000 if number > 100_000_000_000 else number
    if not 631_152_000 < number < 4_102_444_800:
        return None
    return datetime.fromtimestamp(number, UTC).astimezone(_CHINA).date()
