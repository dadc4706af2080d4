"""Error pages that are sent with 200, and hosts that answer every address (F9 to F11).

A host (and each deep folder) is asked for random addresses in three shapes. Honest hosts answer 404 and need nothing
more. Otherwise the answers become a profile, and a page is missing only when it matches the profile: it was sent to the
same address and shows the same text, or it has the same title and text, says what only the error page says, and has no
body of its own. Phrases alone never decide; the home page and dated articles are exempt.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.marks import Data, load_marks
from crawler.seeing.tuning import Soft404Policy, tuning

SHAPES = ("plain", "folder", "html")
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_HOME_NAME = r"(?:index|default|home|main|portal|welcome)(?:\.\w{2,5})?/?"
_ENTRANCE = re.compile(rf"^/(?:(?:[\w-]{{1,30}}/)?{_HOME_NAME})?$", re.I)
_ROOT = re.compile(rf"^/(?:{_HOME_NAME})?$", re.I)
_NOISE = re.compile(r"[\s\d:\-/.,，。、年月日时分秒]+")
_DEEP = 2  # folders: /a/b/x.html is profiled with /a/b/


@dataclass(frozen=True, slots=True)
class Probe:
    """One address to ask for: `name` is the random part, to be taken out of the answer again."""

    url: str
    shape: str
    name: str


class Signature:
    """What a page looks like, cheap to make: the shingles are counted only when they are compared."""

    __slots__ = ("_shingles", "address", "echo", "length", "query", "status", "text", "title")

    def __init__(
        self, final_url: str, status: int, title: str | None, text: str, *, name: str = "", read: int = 8000
    ) -> None:
        """`text` is the visible text; `name` the random part of a probe's address, which error pages repeat."""
        parts = urlsplit(final_url)
        self.echo = bool(name) and name in parts.path
        """The answer stayed at the address asked for."""
        self.query = None if name and name in parts.query else parts.query
        """None: names the address asked for, so it says nothing."""
        self.address = f"{parts.netloc.lower()}{parts.path or '/'}"
        self.status = status
        self.title = _fold((title or "").replace(name, "") if name else title or "")
        folded = _fold((text.replace(name, "") if name else text)[: read * 2])
        self.text = folded[:read]
        self.length = len(folded)
        self._shingles: frozenset[str] | None = None

    @property
    def shingles(self) -> frozenset[str]:
        """Runs of four characters, without digits, dates and white space."""
        if self._shingles is None:
            text = self.text
            self._shingles = frozenset(text[i : i + 4] for i in range(max(1, len(text) - 3))) if text else frozenset()
        return self._shingles


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe brought: the reason of `see_response`, and the page's signature when it was 2xx."""

    probe: Probe
    reason: Reason
    signature: Signature | None = None

    @property
    def elsewhere(self) -> bool:
        """The answer came from another address than the random one (more than another scheme or host)."""
        return self.signature is not None and not self.signature.echo


@dataclass(frozen=True)
class HostProfile:
    """How a host (or folder) answers addresses that do not exist, by shape.

    `kinds`: honest (404 or 410), soft (an error page), catch-all (a page as real ones), moved (everything leads to the
    entrance of another host), unknown (refused, no answer).
    """

    kinds: Mapping[str, str]
    missing: tuple[Answer, ...] = ()
    home: Signature | None = None
    own: tuple[frozenset[str], ...] = field(default=())

    @property
    def honest(self) -> bool:
        """No page of this host needs to be compared."""
        return all(kind == "honest" for kind in self.kinds.values())

    @property
    def catch_all(self) -> bool:
        """Every shape that answered gives a good page: link results of this host say nothing (F11)."""
        return "catch-all" in self.kinds.values() and not {"honest", "soft"} & set(self.kinds.values())


class _Phrases(Data):
    phrases: list[str] = Field(min_length=1)


@lru_cache(maxsize=1)
def _phrases() -> tuple[str, ...]:
    return tuple(_fold(phrase) for phrase in load_marks("soft404_phrases.yaml", _Phrases).phrases)


def folder_of(url: str) -> str:
    """The address whose profile covers `url`: the host's root, or its folder when that is at least two deep."""
    parts = urlsplit(url)
    folders = [part for part in parts.path.split("/")[1:-1] if part]
    path = "/" + "/".join(folders[:_DEEP]) + "/" if len(folders) >= _DEEP else "/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def probe_paths(url: str, seed: int) -> list[Probe]:
    """Three addresses beside `url` that do not exist, in the shapes /x, /x/ and /x.html; the same for the same seed."""
    folder = folder_of(url)
    chance = random.Random(f"{seed}:{folder}")
    names = ["".join(chance.choices(_LETTERS, k=12)) for _ in SHAPES]
    ends = {"plain": "", "folder": "/", "html": ".html"}
    return [Probe(folder + name + ends[shape], shape, name) for shape, name in zip(SHAPES, names, strict=True)]


def build_profile(
    answers: Sequence[Answer],
    home: Signature | None = None,
    known: Sequence[Signature] = (),
    policy: Soft404Policy | None = None,
) -> HostProfile:
    """The profile of the probes' answers. `home` and `known` are signatures of real pages of the same host."""
    policy = policy or tuning().soft404
    kinds: dict[str, str] = {}
    missing: list[Answer] = []
    for answer in answers:
        kind = _kind(answer, home, known, policy)
        kinds[answer.probe.shape] = kind
        if kind == "soft":
            missing.append(answer)
    if _all_different(missing, policy):
        kinds.update((answer.probe.shape, "catch-all") for answer in missing)
        missing = []
    template = home.shingles if home is not None else frozenset()
    own = tuple((a.signature.shingles if a.signature else frozenset()) - template for a in missing)
    return HostProfile(kinds, tuple(missing), home, own)


def looks_missing(
    profile: HostProfile,
    page: Signature,
    *,
    is_home: bool = False,
    has_date_and_body: bool = False,
    redirected: bool = False,
    policy: Soft404Policy | None = None,
) -> bool:
    """The page is the host's error page sent with 200.

    `is_home`: the address asked for is a home page; `has_date_and_body`: a dated article; both are exempt.
    `redirected`: the request ended at another address than it asked for.
    """
    if is_home or has_date_and_body or not profile.missing:
        return False
    policy = policy or tuning().soft404
    for answer, own in zip(profile.missing, profile.own, strict=True):
        error = answer.signature
        if error is None:
            continue
        if answer.elsewhere and redirected and _same_address(page, error):
            if similarity(page, error) >= policy.similar:
                return True
        elif _same_error(page, error, own, profile.home, policy):
            return True
    return False


def judge(
    profile: HostProfile,
    url: str,
    page: Signature,
    *,
    is_home: bool = False,
    has_date_and_body: bool = False,
    redirected: bool = False,
) -> Reason | None:
    """soft-404, catch-all or None (the answer stands) for a 2xx page of a host with this profile.

    `url` is the address asked for. Entrances such as /index.html may lead to the home page and are exempt like it.
    """
    is_home = is_home or bool(_ENTRANCE.match(urlsplit(url).path))
    if is_home or has_date_and_body:
        return None
    if looks_missing(profile, page, redirected=redirected):
        return Reason.SOFT_404
    if profile.catch_all:
        return Reason.CATCH_ALL
    shape_says_nothing = profile.kinds.get(_shape_of(url)) == "catch-all"
    if shape_says_nothing and profile.home is not None and _same_page(page, profile.home):
        return Reason.CATCH_ALL
    return None


def similarity(one: Signature, other: Signature) -> float:
    """Share of four-character shingles two pages have in common (Jaccard), 0 to 1; two empty pages are equal."""
    a, b = one.shingles, other.shingles
    if not a and not b:
        return 1.0
    if not a or not b or min(len(a), len(b)) * 4 < max(len(a), len(b)):
        return 0.0
    return len(a & b) / len(a | b)


def says_missing(page: Signature) -> bool:
    """Title or the first thousand characters hold a phrase of error pages. A hint, never a verdict."""
    text = page.title + " " + page.text[:1000]
    return any(phrase in text for phrase in _phrases())


def _kind(answer: Answer, home: Signature | None, known: Sequence[Signature], policy: Soft404Policy) -> str:
    if answer.reason in {Reason.HTTP_404, Reason.HTTP_410}:
        return "honest"
    if REASONS[answer.reason].outcome is not Outcome.OK or answer.signature is None:
        return "unknown"
    if answer.elsewhere:
        return "moved" if _left_for_entrance(answer) else "soft"
    if any(_same_page(answer.signature, real, policy) for real in (home, *known) if real is not None):
        return "catch-all"
    return "soft"


def _left_for_entrance(answer: Answer) -> bool:
    """A closed site that sends every visitor to the entrance of its successor's is no fault of its links."""
    if answer.signature is None:
        return False
    host, _, path = answer.signature.address.partition("/")
    return host != urlsplit(answer.probe.url).netloc.lower() and bool(_ROOT.match("/" + path))


def _same_page(one: Signature, other: Signature, policy: Soft404Policy | None = None) -> bool:
    policy = policy or tuning().soft404
    return one.title == other.title and similarity(one, other) >= policy.same_page


def _same_address(page: Signature, error: Signature) -> bool:
    return page.address == error.address and error.query in {None, page.query}


def _shape_of(url: str) -> str:
    last = urlsplit(url).path.rpartition("/")[2]
    return "folder" if not last else "html" if "." in last else "plain"


def _all_different(missing: Sequence[Answer], policy: Soft404Policy) -> bool:
    """Random addresses that each give another page: the host makes up content for any address."""
    pages = [answer.signature for answer in missing if answer.signature and not answer.elsewhere]
    if len(pages) < 2 or any(page.length < policy.body for page in pages):
        return False
    return all(similarity(a, b) < 0.5 for i, a in enumerate(pages) for b in pages[i + 1 :])


def _same_error(
    page: Signature, error: Signature, own: frozenset[str], home: Signature | None, policy: Soft404Policy
) -> bool:
    """Title or phrase, text and length all say that `page` is `error`, which says something a real page does not."""
    if (page.title != error.title or home is None) and not says_missing(page):
        return False
    if similarity(page, error) < policy.similar:
        return False
    if len(own) < policy.own_at_least or len(own & page.shingles) < policy.own * len(own):
        return False
    beyond = page.shingles - error.shingles - (home.shingles if home is not None else frozenset())
    return len(beyond) <= policy.body // 4 and page.length - error.length <= policy.body


def _fold(text: str) -> str:
    return _NOISE.sub("", text).lower()
