"""Entries of a list: a link, the row it stands in, and the date of that row, whatever the markup.

A row is the largest piece of markup around a link that holds no other title, so `li`, table rows, `dl`, cards and text
with line breaks are all read by one rule.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from crawler.pages.dates import Hit
from crawler.pages.links import click_targets
from crawler.pages.partial import Partial, find_partial
from crawler.pages.published import label_rank
from crawler.pages.resolve import Resolver
from crawler.pages.tree import Document, Element

_MINOR = re.compile(
    r"[\s\[【(（<>«»]*(?:更多|more|详情|查看详情|查看|阅读全文|查看更多|阅读更多|全文|\[?详细\]?|下载|首页|上一?页|"
    r"下一?页|尾页|末页|"
    r"第?\d+页?|点击\S{0,4}|返回\S{0,4}|关闭|打印|\.{2,}|[>»+]+)[\s\]】)）>»+]*",
    re.I,
)
_PINNED = re.compile(r"置\s?顶|[\[【]顶[\]】]")
_LINES = frozenset(("li", "tr", "dd", "dt", "p"))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_INFO_WORDS = re.compile(
    r"(?:发布|更新|发表|公布|公开|录入|添加|信息)?(?:时间|日期)|(?:浏览|阅读|点击|访问|查看)(?:次数|量|数)?|"
    r"来源\s?[:：]\s?\S{1,12}|"
    r"星期.|作者\s?[:：]\s?\S{1,8}|[日号时分秒次]"
)
_FEW_WORDS = 1
_MANY_WORDS = 12
_LINE = 300
_ROW_TEXT = 700
_GAP = 120
_CLIMB = 12


@dataclass(slots=True)
class Row:
    """One link with the piece of markup that belongs to it alone."""

    link: Element
    url: str
    title: str
    box: Element
    signature: tuple[str, ...]
    day: date | None = None
    partial: Partial | None = None
    day_place: int = -1
    pinned: bool = False


def read_rows(doc: Document, hits: list[Hit], resolve: Resolver) -> list[Row]:
    """All links of the content that could be titles, each with its own date where there is one."""
    rows = _candidates(doc, resolve)
    may_pin = "顶" in doc.text
    for place, row in enumerate(rows):
        before = rows[place - 1].link.index if place else -1
        after = rows[place + 1].link.index if place + 1 < len(rows) else len(doc.elements) + 1
        row.box = _box(doc, row.link, before, after)
        row.signature = signature(row.box)
        row.pinned = may_pin and _PINNED.search(doc.text, row.box.start, row.box.stop) is not None
    starts = [hit.start for hit in hits]
    for row in rows:
        _date_inside(doc, row, hits, starts)
    _date_beside(doc, rows, hits, starts)
    return rows


def signature(box: Element) -> tuple[str, ...]:
    """Shape of the markup around a row; rows of one list share it."""
    shape: list[str] = []
    node: Element | None = box
    for _ in range(3):
        if node is None:
            break
        shape.append(_shape(node.tag, node.attrs.get("class") if node is not box else None))
        node = node.parent
    return tuple(shape)


@lru_cache(maxsize=4096)
def _shape(tag: str, name: str | None) -> str:
    words = name.split() if name else []
    return f"{tag}.{words[0].rstrip('0123456789') if words else ''}"


def _candidates(doc: Document, resolve: Resolver) -> list[Row]:
    """Title links in page order; neighbours that lead to the same page (picture, title, 详情) are one."""
    rows: list[Row] = []
    text = doc.text
    for element in doc.tagged["a"]:
        start, stop = element.start, element.stop
        if stop - start < 2 or element.region in ("header", "nav", "footer"):
            continue
        title = _title(element, text[start : min(stop, start + 1200)])
        if not title or _is_minor(title):
            continue
        url = _target(element, resolve)
        if rows and url and rows[-1].url == url and element.index - rows[-1].link.index < 60:
            if len(rows[-1].title) < 6 <= len(title):
                rows[-1].title, rows[-1].link = title, element
            continue
        rows.append(Row(element, url, title, element, ()))
    lines = [_line(row.link) for row in rows]
    return [row for place, row in enumerate(rows) if not _is_category(rows, lines, place)]


@lru_cache(maxsize=2048)
def _is_minor(title: str) -> bool:
    return _MINOR.fullmatch(title) is not None


def _is_category(rows: list[Row], lines: list[Element | None], place: int) -> bool:
    """A short link such as `[市教育局]` that shares its row with a title."""
    row = rows[place]
    if len(row.title) > 12:
        return False
    line = lines[place]
    if line is None:
        return False
    near = range(max(0, place - 2), min(len(rows), place + 3))
    shared = [rows[other] for other in near if lines[other] is line and other != place]
    return len(shared) == 1 and len(shared[0].title) >= 2 * len(row.title.strip("[]【】"))


def _line(link: Element) -> Element | None:
    """The list entry or table row that a link stands in."""
    node = link.parent
    for _ in range(5):
        if node is None or node.tag in _LINES:
            return node
        node = node.parent
    return None


def _target(element: Element, resolve: Resolver) -> str:
    href = element.get("href")
    url = resolve.url(href) if href else None
    if url:
        return url
    for script in (element.get("onclick"), href):
        for raw in click_targets(script) if script else ():
            return resolve.url(raw) or ""
    return ""


def _title(element: Element, text: str) -> str:
    """The title of a link: its own words without lines that are only dates, in full where the text is cut."""
    full = element.attrs.get("title")
    shown = _shown(text)
    if not full:
        return shown[:300]
    full = " ".join(full.split())
    cut = shown.rstrip(".…。 ")
    if full and (not shown or (len(full) > len(cut) and full.startswith(cut[: max(4, len(cut) - 2)]))):
        return full[:300]
    return shown[:300]


@lru_cache(maxsize=2048)  # the menus and side lists of a site stand on all its pages
def _shown(text: str) -> str:
    """The words of a link's text."""
    lines = [line.strip() for line in text.split("\n")] if "\n" in text else [text.strip()]
    dated = _DIGIT.search(text) is not None
    words = [line for line in lines if line and not (dated and _DATE_LINE.fullmatch(line))]
    first = words[0] if words else ""
    shown = (_DATE_TAIL.sub("", first) if dated else first).strip(" ·•●◆■□▪►>")
    if len(words) > 1 and len(shown) < 4:
        shown = max(words[:3], key=len)
    return shown


_DIGIT = re.compile(r"\d")
_DATE_LINE = re.compile(
    r"[\[(（]?\s*(?:(?:19|20)\d\d[-/.年\s]*)?\d{1,2}(?:[-/.月\s]+\d{1,2})?(?:[-/.]"
    r"\d{1,4})?\s*[日月号]?\s*[\])）]?(?:\s*\d\d:\d\d(?::\d\d)?)?"
)
_DATE_TAIL = re.compile(
    r"\s*[\[(（【]?\s*(?:发布时间|发布日期|时间|日期)?\s*[:：]?\s*(?:(?:19|20)?\d\d\s?[-/.年]\s?)?"
    r"\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?"
    r"(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】]?\s*\Z|\A[\[(（【]\s*(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]"
    r"\d{1,2}日?\s*[\])）】]\s*"
)


def _box(doc: Document, link: Element, before: int, after: int) -> Element:
    """Climb from the link while no other title link would come in."""
    box = link
    for _ in range(_CLIMB):
        parent = box.parent
        if parent is None or parent.tag in ("body", "html") or parent.index <= before or parent.end > after:
            break
        if parent.stop - parent.start > _ROW_TEXT + (link.stop - link.start):
            break
        box = parent
    return box


def _between(starts: list[int], start: int, stop: int) -> range:
    return range(bisect_left(starts, start), bisect_left(starts, stop))


def _date_inside(doc: Document, row: Row, hits: list[Hit], starts: list[int]) -> None:
    """The date in the row's own markup: beside the link first, then at either end of the link's text."""
    best: tuple[float, Hit] | None = None
    link = row.link
    for place in _between(starts, row.box.start, row.box.stop):
        score = _hit_score(doc, link, hits[place])
        if score > 0 and (best is None or score > best[0]):
            best = (score, hits[place])
    if best is not None:
        row.day, row.day_place = best[1].day, best[1].start
        return
    row.partial = find_partial(doc.text, row.box.start, row.box.stop, link.start, link.stop)


def _hit_score(doc: Document, link: Element, hit: Hit) -> float:
    """How much a date of the row looks like the date of its entry; 0 for one that is part of a sentence."""
    rank = label_rank(doc.text, hit.start)
    if rank == -1:
        return 0
    element = doc.innermost(hit.start)
    pure = element is not None and _words_beside(doc.text, hit, element.start, element.stop) <= _FEW_WORDS
    score = 4.0 if rank in (0, 1) else 2.0 if rank == 2 else 1.0 if rank == 3 else 0.0
    if link.start <= hit.start < link.stop:
        own = pure and element is not link
        rest = doc.text[hit.stop : link.stop]
        bracketed = doc.text[max(link.start, hit.start - 2) : hit.start].strip()[-1:] in ("[", "(", "（", "【")
        tail = len(rest.strip(" \n])）】日号:0123456789：")) == 0
        head = not doc.text[link.start : hit.start].strip(" \n[(（【") and bracketed
        return score + (2 if own else 1 if tail or head else 0) if own or tail or head or score else 0
    if score or pure:
        return score + (3 if pure else 1)
    start = doc.text.rfind("\n", 0, hit.start) + 1
    end = doc.text.find("\n", hit.stop)
    start = max(start, link.stop) if link.stop <= hit.start else start
    return 1 if _words_beside(doc.text, hit, start, end if end >= 0 else len(doc.text)) <= _MANY_WORDS else 0


def _words_beside(text: str, hit: Hit, start: int, stop: int) -> int:
    """Chinese characters in `text[start:stop]` beside the date that neither label it nor belong to a counter."""
    if stop - start > _LINE:
        return stop - start
    return len(_CHINESE.findall(_INFO_WORDS.sub("", text[start : hit.start] + text[hit.stop : stop])))


def _date_beside(doc: Document, rows: list[Row], hits: list[Hit], starts: list[int]) -> None:
    """Rows without markup of their own (`<a>…</a> 2026-11-18<br>`, dt/dd): the date between this link and the next."""
    for place, row in enumerate(rows):
        if row.day is not None or row.partial is not None:
            continue
        stop = rows[place + 1].link.start if place + 1 < len(rows) else row.link.stop + _GAP
        following = _gap_hit(doc, row.link.stop, min(stop, row.link.stop + _GAP), hits, starts)
        if following is not None and not _taken(rows, place + 1, following) and _same_list(row, rows, place + 1):
            row.day, row.day_place = following.day, following.start


def _gap_hit(doc: Document, start: int, stop: int, hits: list[Hit], starts: list[int]) -> Hit | None:
    for place in _between(starts, start, stop):
        if label_rank(doc.text, hits[place].start) != -1:
            return hits[place]
    return None


def _taken(rows: list[Row], place: int, hit: Hit) -> bool:
    return place < len(rows) and rows[place].day_place == hit.start


def _same_list(row: Row, rows: list[Row], place: int) -> bool:
    """The date must stand near: in the same parent as the row's link, or its parent's parent."""
    return row.box.parent is not None
