"""Gambling and pornography behind a foreign link (7.9): the domain has another owner. A person decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from crawler.pages.encoding import decode
from crawler.seeing.marks import Data, load_marks, needle
from crawler.seeing.visible import title_of

_HEAD = 20_000
"""Bytes in which a title stands."""
_READ = 200_000
Words = Annotated[list[str], AfterValidator(lambda words: [word.lower() for word in words])]


class _Sign(Data):
    id: str
    why: str
    any: Words = Field(min_length=1)


class GamblingMarks(Data):
    """gambling.yaml"""

    title: Words = Field(min_length=1)
    unless: Words = Field(min_length=1)
    signs: list[_Sign] = Field(min_length=2)


@lru_cache(maxsize=1)
def _marks() -> tuple[GamblingMarks, list[bytes]]:
    marks = load_marks("gambling.yaml", GamblingMarks)
    return marks, [form for sign in marks.signs for word in sign.any for form in needle(word)]


def is_taken_over(headers: Mapping[str, str], body: bytes) -> bool:
    """The page sells gambling or pornography: its title says so, and independently something on the page does.

    A title that reports on the matter clears the page. A page without such a title is read no further. Never raises.
    """
    marks, forms = _marks()
    title = title_of(decode(body[:_HEAD], headers.get("content-type"))[1]).lower()
    if not title or not any(word in title for word in marks.title) or any(word in title for word in marks.unless):
        return False
    rest = body[:_READ].lower()
    return any(form in rest for form in forms)
