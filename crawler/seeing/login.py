"""Pages that ask a visitor to log in (F26): neither dead nor checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import Field

from crawler.pages.encoding import decode
from crawler.seeing.marks import Data, load_marks
from crawler.seeing.visible import title_of, visible_text

_READ = 100_000
_SHORT = 600


class LoginMarks(Data):
    """login.yaml"""

    at_least: int = Field(ge=2)
    paths: list[str]
    hosts: frozenset[str]
    return_parameters: frozenset[str]
    fields: list[str]
    titles: list[str]
    forbidden_phrases: list[str]


@lru_cache(maxsize=1)
def login_marks() -> LoginMarks:
    """The marks of crawler/marks/login.yaml."""
    return load_marks("login.yaml", LoginMarks)


def asks_for_login(url: str, request_url: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The request for `request_url` ended at the login page `url`. A link that names a login page itself does not."""
    marks = login_marks()
    final, asked = _split(url), _split(request_url)
    if _login_path(asked.path) or (final.netloc, final.path) == (asked.netloc, asked.path):
        return False
    signs = int(_login_path(final.path))
    signs += final.netloc.lower().partition(".")[0] in marks.hosts and final.netloc != asked.netloc
    signs += _comes_back(final, asked)
    if signs >= marks.at_least:
        return True
    if signs + 2 < marks.at_least:
        return False
    lower = body[:_READ].lower()
    field = b"password" in lower and any(form.encode() in lower for form in marks.fields)
    if signs + field + 1 < marks.at_least:
        return False
    signs += field
    text = decode(body[:_READ], headers.get("content-type"))[1]
    title = title_of(text).lower()
    signs += any(word.lower() in title for word in marks.titles)
    return signs >= marks.at_least


def says_login(headers: Mapping[str, str], body: bytes) -> bool:
    """A short page that tells the visitor to log in first."""
    text, _ = visible_text(decode(body[:_READ], headers.get("content-type"))[1], _SHORT + 1)
    lower = text.lower()
    phrases = login_marks().forbidden_phrases
    return len(text) <= _SHORT and any(phrase.lower().replace(" ", "") in lower for phrase in phrases)


def _login_path(path: str) -> bool:
    lower = path.lower()
    return any(mark in lower for mark in login_marks().paths)


def _comes_back(final: SplitResult, asked: SplitResult) -> bool:
    """A parameter of the final address leads back to the address asked for."""
    names = login_marks().return_parameters
    wanted = asked.path.rstrip("/")
    return any(
        name.lower() in names and (wanted in value or (asked.netloc and asked.netloc in value))
        for name, value in parse_qsl(final.query, keep_blank_values=True, max_num_fields=None)[:50]
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
