"""Good answers that may be error pages: the host is asked how it answers addresses that do not exist (F9 to F11).

Only a page that gives cause is compared: a short body, words of error pages, the home page's title, or another address
than the one asked for; on hosts that are not ours, words of error pages alone. The three random addresses of a host or
folder are asked once, at the site's own pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.frontier import Entry, Role
from crawler.hosts import host_of
from crawler.outcomes import Reason
from crawler.pages import Page
from crawler.pages.encoding import decode
from crawler.seeing.soft404 import (
    Answer as ProbeAnswer,
)
from crawler.seeing.soft404 import (
    HostProfile,
    Probe,
    Signature,
    build_profile,
    folder_of,
    judge,
    probe_paths,
    says_missing,
)
from crawler.seeing.tuning import tuning
from crawler.seeing.visible import title_of, visible_text
from crawler.walk.answer import Answer

PROBE_ID = -1  # a probe is no address of the round
MAX_READ = 200_000  # bytes of a page that are compared
KNOWN_PAGES = 3
FOLDERS_PER_HOST = 20  # profiles of a host; what lies elsewhere is judged by the host's own


@dataclass(slots=True)
class _Folder:
    """A host or folder while it is asked, and after."""

    probes: list[Probe]
    answers: list[ProbeAnswer] = field(default_factory=list)
    waiting: list[tuple[Entry, Answer]] = field(default_factory=list)
    profile: HostProfile | None = None


class SoftPages:
    """Decides good answers that may be error pages; those whose host must be asked first wait in memory.

    What waits is still to do in the store, so a kill costs only the asking.
    """

    def __init__(self, seed: int, ask: Callable[[Entry], None], again: Callable[[Entry, Answer], None]) -> None:
        self._seed = seed
        self._ask = ask
        self._again = again
        self._folders: dict[str, _Folder] = {}
        self._begun: Counter[str] = Counter()
        self._homes: dict[str, Signature] = {}
        self._good: dict[str, list[Signature]] = {}
        self.caught_all: dict[str, str] = {}  # hosts that answer every address, with one that cannot exist

    def consider(self, entry: Entry, answer: Answer, page: Page | None) -> tuple[bool, Reason | None]:
        """(decided, reason): not decided means that the answer comes again; no reason means that it stands."""
        host = host_of(entry.target)
        if entry.role is Role.HOME:
            self._homes.setdefault(host, signature(entry.target, answer))
            return True, None
        dated = page is not None and page.kind == "article" and page.published is not None
        dated = dated and page is not None and page.text_length >= tuning().soft404.body
        if dated:
            good = self._good.setdefault(host, [])
            if len(good) < KNOWN_PAGES:
                good.append(signature(entry.target, answer))
            return True, None
        if not self._gives_cause(entry, answer, page, host):
            return True, None
        folder = self._folder(entry, host)
        if folder.profile is None:
            folder.waiting.append((entry, answer))
            return False, None
        if folder.profile.honest:
            return True, None
        mark = signature(entry.target, answer)
        reason = judge(folder.profile, entry.url, mark, redirected=bool(entry.hops))
        if reason is Reason.SOFT_404 and not entry.hops and not says_missing(mark):
            reason = Reason.CATCH_ALL  # alike for every address, yet it never says that something is missing
        if reason is Reason.CATCH_ALL and folder.profile.catch_all and urlsplit(folder_of(entry.target)).path == "/":
            self.caught_all.setdefault(host, folder.probes[0].url)
        return True, reason

    def _gives_cause(self, entry: Entry, answer: Answer, page: Page | None, host: str) -> bool:
        if entry.hops and not _same_place(entry.url, entry.target):
            own = entry.role is not Role.LINK
            if own or (host == host_of(entry.url) and urlsplit(entry.target).path.strip("/") == ""):
                return True
        if page is not None:
            if page.text_length < tuning().soft404.body and not page.items:
                return True
            title, text = page.title, page.text[:1500]
        else:
            markup = _markup(answer)
            title, text = title_of(markup), visible_text(markup, 1500)[0]
        mark = Signature(entry.target, 200, title, text)
        home = self._homes.get(host)
        return says_missing(mark) or (home is not None and bool(mark.title) and mark.title == home.title)

    def _folder(self, entry: Entry, host: str) -> _Folder:
        """The folder whose profile covers an entry, begun where it must be; a host has few of them."""
        url = entry.target
        folder = self._folders.get(folder_of(url))
        if folder is None and self._begun[host] >= FOLDERS_PER_HOST:
            url = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"
            folder = self._folders.get(url)
        if folder is None:
            self._begun[host] += 1
            folder = self._folders[folder_of(url)] = _Folder(probe_paths(url, self._seed))
            for probe in folder.probes:
                one = Entry(PROBE_ID, probe.url, entry.role, entry.site, entry.lane, entry.depth, parent=entry.parent)
                self._ask(one)
        return folder

    def take(self, entry: Entry, answer: Answer, reason: Reason) -> None:
        """One answer to a random address; when all have come, those who waited are decided."""
        folder = self._folders[folder_of(entry.url)]
        probe = next(probe for probe in folder.probes if probe.url == entry.url)
        good = reason in (Reason.OK, Reason.REDIRECTED)
        mark = signature(entry.target, answer, name=probe.name) if good else None
        folder.answers.append(ProbeAnswer(probe, reason, mark))
        if len(folder.answers) < len(folder.probes):
            return
        host = host_of(entry.url)
        folder.profile = build_profile(folder.answers, self._homes.get(host), self._good.get(host, []))
        waiting, folder.waiting = folder.waiting, []
        for one, its_answer in waiting:
            self._again(one, its_answer)

    @property
    def asking(self) -> bool:
        """True while answers wait for a profile."""
        return any(folder.waiting for folder in self._folders.values())


def _markup(answer: Answer) -> str:
    return decode(answer.body[:MAX_READ], answer.headers.get("content-type"))[1]


def signature(url: str, answer: Answer, *, name: str = "") -> Signature:
    """What the page of an answer looks like."""
    markup = _markup(answer)
    return Signature(url, answer.status or 200, title_of(markup), visible_text(markup, 16_000)[0], name=name)


def _same_place(one: str, other: str) -> bool:
    """The same path, whatever scheme and host say (http to https, bare domain to www)."""
    return urlsplit(one).path.rstrip("/") == urlsplit(other).path.rstrip("/")
