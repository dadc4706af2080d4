"""Policies of a site known by 文号 and by title, as interpretations and decisions name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crawler.facts import PageFact

NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}\s?[〔\[［【(（]\s?(?:19|20)\d\d\s?[〕\]］】)）]\s?(?:第\s?)?\d{1,5}\s?号")
TITLED = re.compile(r"《([^《》]{4,80})》")
_SHORTEST = 4  # characters of a title's core: “办法” names nothing


def plain_number(number: str) -> str:
    """A 文号 without what differs between spellings: 云政发202612."""
    return re.sub(r"[\s〔〕\[\]［］【】()（）第号]", "", number)


def core(title: str) -> str:
    """What a policy and its interpretation share: the title without issuer, brackets and the words of the genre."""
    text = re.sub(r"[《》〈〉“”\"'\s]|（[^（）]*）|\([^()]*\)", "", title)
    text = re.sub(r"^.*?(?:关于)?(?:印发|公布|发布|转发)", "", text)
    return re.sub(r"(?:的)?(?:政策)?(?:解读|通知|图解|问答|解释说明)+$|^(?:一图读懂|图解|解读)[:：]?", "", text)


@dataclass
class Policies:
    """Documents by 文号 and by the core of their title; the first page of each counts."""

    numbers: dict[str, PageFact] = field(default_factory=dict)
    titles: dict[str, PageFact] = field(default_factory=dict)

    def add(self, page: PageFact) -> None:
        """Take a document in."""
        if page.doc_number:
            self.numbers.setdefault(plain_number(page.doc_number), page)
        if len(name := core(page.headline or page.title or "")) > _SHORTEST:
            self.titles.setdefault(name, page)

    def numbered(self, text: str) -> Iterator[PageFact]:
        """Documents whose 文号 a text names, in the order of the text."""
        for number in map(plain_number, NUMBER.findall(text)):
            yield from (page for known, page in self.numbers.items() if number.endswith(known))

    def named(self, names: Iterable[str]) -> Iterator[PageFact]:
        """Documents of these titles."""
        yield from (self.titles[name] for name in map(core, names) if name in self.titles)
