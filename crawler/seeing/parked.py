"""Parked and for-sale pages (F25): the old owner gave the domain up. A person decides; two independent signs needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pydantic import Field

from crawler.pages.encoding import decode
from crawler.seeing.marks import Data, count_links, load_marks, needle
from crawler.seeing.visible import visible_text

_READ = 200_000
_LINKS = 40
"""More links than this are a navigation."""
_LONG = 3000
"""Characters: a page with more text than this has content of its own (a registrar's, a newspaper's)."""


class _Sign(Data):
    id: str
    why: str
    any: list[str] = Field(min_length=1)


class ParkedMarks(Data):
    """parked.yaml"""

    at_least: int = Field(ge=2)
    signs: list[_Sign] = Field(min_length=2)


@lru_cache(maxsize=1)
def _signs() -> tuple[int, list[list[bytes]]]:
    marks = load_marks("parked.yaml", ParkedMarks)
    return marks.at_least, [[form for text in sign.any for form in needle(text)] for sign in marks.signs]


def is_parked(headers: Mapping[str, str], body: bytes) -> bool:
    """The body is a parking or for-sale page: at least two independent signs, and little text."""
    at_least, signs = _signs()
    head = body[:_READ]
    if count_links(head, _LINKS) > _LINKS:
        return False  # the common case
    if sum(any(form in head for form in forms) for forms in signs) < at_least:
        return False
    return len(visible_text(decode(head, headers.get("content-type"))[1], _LONG + 1)[0]) <= _LONG
