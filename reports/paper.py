"""An official document as content: blocks, annexes and who signs, free of any file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

BlockKind = Literal["h1", "h2", "p"]
Shell = Literal["letterhead", "letter", "plain"]


@dataclass(frozen=True)
class Block:
    """A paragraph: h1 “一、”, h2 “（一）”, or text. Marks 【此处由起草人填写：…】 in it are shown highlighted."""

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class Annex:
    """附件: a table. `widths` are in millimetres and add up to the width of a landscape type area (about 225).

    `over` sets a head over some columns, as (first column, how many, text).
    """

    title: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset()  # columns set flush left; the others are centred
    note: str = ""
    over: tuple[int, int, str] | None = None
    small: bool = False  # 小五 in place of 五号, for a table of many columns


@dataclass(frozen=True)
class Paper:
    """A document with head, text, signature and annexes.

    `title` is a sequence of phrases that a line break may part; `slots` texts stand where a person must write.
    """

    shell: Shell
    issuer: str
    doc_no: str
    title: tuple[str, ...]
    addressees: str
    blocks: tuple[Block, ...]
    signed: date
    subtitle: str = ""
    annexes: tuple[Annex, ...] = ()
    remark: str = ""
    copies: str = ""
    printed_by: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = field(default_factory=tuple)


HAN = "一二三四五六七八九十"


def han(number: int) -> str:
    """1 → 一 … 99 → 九十九, for heading numbers."""
    tens, ones = divmod(number, 10)
    if not tens:
        return HAN[ones - 1]
    return ("" if tens == 1 else HAN[tens - 1]) + "十" + (HAN[ones - 1] if ones else "")


class Outline:
    """Collects blocks and numbers the headings: 一、 and （一）."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._first = 0
        self._second = 0

    def h1(self, text: str) -> None:
        """A heading 一、."""
        self._first, self._second = self._first + 1, 0
        self.blocks.append(Block("h1", f"{han(self._first)}、{text}"))

    def h2(self, text: str) -> None:
        """A heading （一）, numbered anew under each 一、."""
        self._second += 1
        self.blocks.append(Block("h2", f"（{han(self._second)}）{text}"))

    def p(self, text: str) -> None:
        """A paragraph; an empty text adds nothing."""
        if text:
            self.blocks.append(Block("p", text))
