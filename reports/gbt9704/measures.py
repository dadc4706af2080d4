"""The standard's measures in twips (1 mm = 56.693 twips, 1 pt = 20 twips) and its fonts."""

from __future__ import annotations

from typing import NamedTuple

MM = 56.693


def mm(value: float) -> int:
    """Millimetres as twips."""
    return round(value * MM)


PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
TOP, LEFT, RIGHT, BOTTOM = 2098, 1588, 1474, 1984  # 天头37 订口28, 版心156 × 225 mm (5.2.1)
TYPE_WIDTH = PAGE_WIDTH - LEFT - RIGHT
TYPE_HEIGHT = PAGE_HEIGHT - TOP - BOTTOM
LANDSCAPE_WIDTH = PAGE_HEIGHT - TOP - BOTTOM
LINE = 579  # 22 lines fill 225 mm; 580 gives 21 in LibreOffice
SQUEEZE = -5  # twips between characters: 16 pt alone gives 27 a line
CHARACTER = 316  # one character of body text as it stands in the line: 320 twips squeezed to 28 in 156 mm
FOOTER = 1423  # 25.1 mm: the dash of the page number stands 7 mm under the type area
LANDSCAPE_FOOTER = 907
RED = "FF0000"


class Font(NamedTuple):
    """East Asian and Latin font with size in half-points."""

    east: str
    latin: str
    size: int
    bold: bool = False


SONG_TITLE = "方正小标宋简体"
FANGSONG, KAI, HEI, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
BODY = Font(FANGSONG, FANGSONG, 32)
TITLE = Font(SONG_TITLE, SONG_TITLE, 44)
H1 = Font(HEI, HEI, 32)
H2 = Font(KAI, KAI, 32)
PAGE_NUMBER = Font(SONG, SONG, 28)
IMPRINT = Font(FANGSONG, FANGSONG, 28)
CELL = Font(FANGSONG, FANGSONG, 21)
CELL_HEAD = Font(HEI, HEI, 21)
SMALL_HEAD = Font(HEI, HEI, 18)
SMALL = Font(FANGSONG, FANGSONG, 18)


def width_of(text: str) -> float:
    """Width in characters of body text: a full one for Chinese, half a one for the rest."""
    return sum(0.5 if ord(char) < 0x2000 else 1.0 for char in text)
