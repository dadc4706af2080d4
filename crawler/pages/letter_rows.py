"""Public letters as a list shows them: a table with headings, or entries with labelled fields. Pure (V5.2, D18)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.messages import Message, labelled, message_of, name_kinds

_MAX_ROWS = 500
_FIRST_CELLS = 12
_ABOUT = ("", "信件", "来信", "留言", "咨询", "诉求")
_TITLES = {f"{what}{name}" for what in _ABOUT for name in ("标题", "主题")}
_STATES = {"状态", "是否回复", "是否答复", "回复情况", "答复情况", "办理情况"}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter of a list; `url` is None when it leads nowhere."""

    url: str | None
    message: Message


def read_letter_rows(html: str, url: str) -> list[LetterRow]:
    """Letters of a list page in page order; never raises for any markup."""
    page = LexborHTMLParser(html)
    rows = [row for table in page.css("table") for row in _table(table, url)]
    return (rows or [row for entry in page.css("li, dl, tr") if (row := _entry(entry, url))])[:_MAX_ROWS]


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _kind(heading: str) -> str | None:
    plain = re.sub(r"[\s:：]", "", heading)
    if plain in _TITLES:
        return "question"
    return "status" if plain in _STATES else name_kinds().get(plain)


def _table(table: LexborNode, base: str) -> list[LetterRow]:
    """Rows under a head that names the time of a letter and one more of its fields."""
    if table.css_first("table table") is not None:
        return []
    rows = table.css("tr")
    head = [_kind(_text(cell)) for cell in rows[0].css("th, td")[:_FIRST_CELLS]] if len(rows) > 1 else []
    if "asked" not in head or len({kind for kind in head if kind}) < 3:
        return []
    found = []
    for row in rows[1 : _MAX_ROWS + 1]:
        cells = row.css("td")
        if len(cells) == len(head):
            said = {kind: _text(cell) for kind, cell in zip(head, cells, strict=True) if kind}
            found.append(LetterRow(_link(row, base), message_of(said.get("question", ""), said)))
    return found


def _entry(entry: LexborNode, base: str) -> LetterRow | None:
    """An entry of its own that says when a letter came and its state or reply."""
    if entry.css_first("li li, dl dl, tr tr") is not None or entry.css_first("a") is None:
        return None
    text = _text(entry)
    if len(text) > 1000:
        return None
    said = labelled([text])
    if "asked" not in said or not {"status", "replied", "office"} & said.keys():
        return None
    anchor = entry.css_first("a")
    return LetterRow(_link(entry, base), message_of(_text(anchor) if anchor is not None else "", said))


def _link(node: LexborNode, base: str) -> str | None:
    anchor = node.css_first("a[href]")
    href = (anchor.attributes.get("href") or "").strip() if anchor is not None else ""
    if not href or href.startswith(("#", "javascript:")):
        return None
    try:
        return urljoin(base, href)
    except ValueError:
        return None
