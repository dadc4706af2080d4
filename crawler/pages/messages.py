"""Public letters: when a person wrote, when and by whom it was answered, with what. Pure (V5.2, D18)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from crawler.pages.marks import load_marks
from crawler.pages.regions import mark_regions
from crawler.pages.substance import main_text
from crawler.pages.title import find_headline, page_title
from crawler.pages.tree import build

_DATE = re.compile(r"((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})")
_KINDS = ("asked", "replied", "office", "answer", "question", "status")
_NEWS = frozenset(["question", "answer"])  # an interview has both words as well
_FIELDS = {"asked": "留言时间", "replied": "答复时间", "office": "答复单位", "answer": "答复内容"}


@dataclass(frozen=True, slots=True)
class Message:
    """One letter as its page shows it; None or empty where a field is not shown."""

    title: str = ""
    asked: date | None = None
    replied: date | None = None
    office: str = ""
    answer: str = ""
    status: str = ""
    labels: frozenset[str] = frozenset()
    void: bool = False

    @property
    def is_message(self) -> bool:
        """True when the page shows a letter: the time or words of a question, and one more field."""
        return len(self.labels) >= 2 and bool(self.labels & {"asked", "question"}) and self.labels != _NEWS

    @property
    def answered(self) -> bool | None:
        """Was it answered? None when the page does not tell."""
        marks = load_marks("messages.yaml")
        if self.replied or (self.answer and not any(word in self.answer[:30] for word in marks["waiting"])):
            return True
        if any(word in self.status for word in marks["settled"]):
            return True
        waiting = any(word in self.status or word in self.answer[:30] for word in marks["waiting"])
        return False if waiting or self.labels & {"answer", "replied"} else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of the four fields that an answered letter does not show (D18, case 2)."""
        values = {"asked": self.asked, "replied": self.replied, "office": self.office, "answer": self.answer}
        return tuple(name for key, name in _FIELDS.items() if not values[key])


@cache
def _label() -> tuple[dict[str, str], re.Pattern[str]]:
    marks = load_marks("messages.yaml")
    kinds = {name: kind for kind in _KINDS for name in marks[kind]}
    names = "|".join(sorted(map(re.escape, kinds), key=len, reverse=True))
    return kinds, re.compile(
        rf"(?:^|(?<=[\s\u3000|｜】])|(?<=[(（【\[]))({names})[】\]]?[\s\u3000]*(?:[:：][\s\u3000]*|$)"
    )


def name_kinds() -> Mapping[str, str]:
    """Every name of a field with its kind: 留言时间 → asked."""
    return _label()[0]


def read_message(html: str) -> Message:
    """The page as a letter; never raises for any markup."""
    doc = build(html)
    mark_regions(doc)
    head = find_headline(doc, page_title(doc), "")
    title = " ".join(doc.text_of(head).split()) if head is not None else page_title(doc) or ""
    lines = [line.strip() for line in main_text(doc, 20_000).split("\n")]
    return message_of(title, labelled(lines))


def message_of(title: str, said: Mapping[str, str]) -> Message:
    """A letter of that title from what stands behind its labels, by kind."""
    marks = load_marks("messages.yaml")
    return Message(
        title=title,
        asked=_day(said.get("asked", "")),
        replied=_day(said.get("replied", "")),
        office=said.get("office", "").strip()[:60],
        answer=said.get("answer", "").strip(),
        status=said.get("status", "").strip()[:20],
        labels=frozenset(said),
        void=any(word in title for word in marks["void"]),
    )


def labelled(lines: Sequence[str]) -> dict[str, str]:
    """What follows each label, on its line or, when that is empty, on the lines below it."""
    kinds, label = _label()
    said: dict[str, str] = {}
    current: str | None = None
    for line in lines:
        found = list(label.finditer(line))
        if current is not None:
            said[current] = f"{said[current]}\n{line[: found[0].start()] if found else line}".strip()
        for number, match in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(line)
            kind = kinds[match.group(1)]
            value = line[match.end() : end].strip(" \u3000|｜[]【】")
            if value or not said.get(kind):
                said[kind] = value or said.get(kind, "")
            current = kind if not value or kind == "answer" else None
    return said


def _day(text: str) -> date | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
