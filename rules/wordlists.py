"""Lists of wrong expressions as data, searched in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from pydantic import BaseModel, ConfigDict, Field

from crawler.inventory import load_model

HERE = Path(__file__).parent / "words"
Severity = Literal["严重", "一般"]
_AROUND = 24


class Word(BaseModel):
    """One wrong expression."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wrong: str = Field(min_length=2, max_length=60, description="错误的写法")
    right: str = Field(default="", max_length=120, description="规范的写法")
    severity: Severity = Field(default="一般", description="严重 或 一般")
    except_: list[str] = Field(default_factory=list, alias="except", description="是这些词语的一部分时不算")


class WordList(BaseModel):
    """A file of wrong expressions. `teaching`: words near a hit that show a text about errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: list[Word] = Field(min_length=1, description="逐条列出")
    teaching: list[str] = Field(default_factory=list, description="前后有这些字样时不算")


@dataclass(frozen=True, slots=True)
class Hit:
    """A wrong expression where it stands, with some words around it."""

    word: Word
    start: int
    context: str


class Searcher:
    """All lists as one automaton."""

    def __init__(self, lists: Sequence[WordList]) -> None:
        self._words = list({word.wrong: word for one in lists for word in one.words}.values())
        self._find = AhoCorasick(
            [word.wrong for word in self._words],
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )
        self._teaching = [text for one in lists for text in one.teaching]

    def find(self, text: str) -> Iterator[Hit]:
        """Every hit that no exception explains, in order."""
        for index, start, end in self._find.find_matches_as_indexes(text):
            word = self._words[index]
            around = text[max(0, start - _AROUND) : end + _AROUND]
            if _excepted(word, text, start, end) or any(one in around for one in self._teaching):
                continue
            yield Hit(word, start, re.sub(r"\s+", " ", around).strip())


def _excepted(word: Word, text: str, start: int, end: int) -> bool:
    for longer in word.except_:
        for place in (found.start() for found in re.finditer(re.escape(word.wrong), longer)):
            if text.startswith(longer, start - place) and start >= place:
                return True
    return False


@cache
def searcher(files: tuple[str, ...]) -> Searcher:
    """The project's own list with an office's files beside it. BadInput names every mistake of a file."""
    own = [HERE / "wrong.yaml", *(Path(name) for name in files)]
    return Searcher([load_model(path, WordList, label="词表") for path in own])
