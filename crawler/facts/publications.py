"""What a site published: each article once, whatever columns and addresses show it, so that it can be counted."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from crawler.facts.model import PageFact

DOCUMENT_TYPES = (
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函",
    "纪要",
)  # fmt: skip
"""文种 of 《党政机关公文处理工作条例》 第八条."""

_TAIL = re.compile(
    r"(?:（[^（）]{0,60}）|\([^()]{0,60}\)|〔[^〔〕]{0,40}〕|\[[^\[\]]{0,40}\]|【[^【】]{0,40}】|[\s。；;：:》”\"])+$"
)
_ORDER = re.compile(r"令$|令第?[\s\d〔〕号第一二三四五六七八九十百]+$")
_EXPLAINS = re.compile(
    r"^[\W_]*(?:一图读懂|图解|漫画|动漫|\w{0,4}解读)|(?:解读|图解|问答|说明)[\W_]*$|[（(【\[]\w{0,6}(?:解读|图解)"
)
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PublicationFact:
    """One article. `column`, `unit` and `url` are those of its smallest address; `shown`: addresses that show it.

    `published` is the first day that any of them gives, `source` what the page calls its 来源.
    """

    url: str
    title: str
    published: date
    column: str | None
    unit: str
    doc_number: str | None = None
    doc_type: str | None = None
    shown: int = 1
    source: str | None = None


def document_type(title: str) -> str | None:
    """文种 by the last word of a title: 关于…的通知（云政发〔2026〕3号） is a 通知; an interpretation has none."""
    if _EXPLAINS.search(title):
        return None
    bare = _TAIL.sub("", title)
    found = next((kind for kind in DOCUMENT_TYPES if bare.endswith(kind)), None)
    return found or ("命令" if _ORDER.search(bare) else None)


class Publications:
    """Takes pages in any order; the result does not depend on it.

    One article: the same 文号 of a document, or the same title and day. An interpretation names the 文号 of what it
    explains and is an article of its own.
    """

    def __init__(self, unit: str, first: date, last: date) -> None:
        self._unit, self._first, self._last = unit, first, last
        self._next = 0
        self._group: dict[Hashable, int] = {}
        self._found: dict[int, PublicationFact] = {}
        self._keys: dict[int, set[Hashable]] = {}

    def add(self, page: PageFact) -> None:
        """Take one page in; what is no article of the period is passed by."""
        day = page.published
        if page.kind != "article" or day is None or not self._first <= day <= self._last:
            return
        title = (page.headline or page.title or "").strip()
        kind = document_type(title)
        number = page.doc_number if kind is not None else None
        unit = page.unit or self._unit
        fact = PublicationFact(page.url, title, day, page.column, unit, number, kind, source=page.source)
        self._merge(fact, set(_keys(fact, page)))

    def _merge(self, fact: PublicationFact, keys: set[Hashable]) -> None:
        for other in sorted({self._group[key] for key in keys if key in self._group}):
            keys |= self._keys.pop(other)
            fact = _one(fact, self._found.pop(other))
        group = self._next = self._next + 1
        self._found[group], self._keys[group] = fact, keys
        self._group.update(dict.fromkeys(keys, group))

    def facts(self) -> list[PublicationFact]:
        """The articles in order of day and address."""
        return sorted(self._found.values(), key=lambda fact: (fact.published, fact.url))


def publications(pages: Iterable[PageFact], unit: str, first: date, last: date) -> list[PublicationFact]:
    """Articles of one site published from `first` to `last`, each once; `unit` answers for pages without a column."""
    found = Publications(unit, first, last)
    for page in pages:
        found.add(page)
    return found.facts()


def _keys(fact: PublicationFact, page: PageFact) -> Iterator[Hashable]:
    words = _PLAIN.sub("", fact.title)
    yield ("title", words, fact.published) if words else ("url", fact.url)
    if fact.doc_number:
        yield ("number", _PLAIN.sub("", fact.doc_number))
    if page.body_hash:
        yield ("body", page.body_hash)


def _one(fact: PublicationFact, other: PublicationFact) -> PublicationFact:
    first, second = (fact, other) if fact.url <= other.url else (other, fact)
    return replace(
        first,
        published=min(first.published, second.published),
        source=first.source or second.source,
        doc_number=first.doc_number or second.doc_number,
        doc_type=first.doc_type or second.doc_type,
        shown=first.shown + second.shown,
    )
