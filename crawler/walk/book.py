"""The address book of a walk: every address once, by its number, and whether it is already known to be fine."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawler.facts import schema
from crawler.facts.keys import key_of
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Frontier, Role
from crawler.hosts import HostMap, SitePlan
from crawler.outcomes import REASONS, Reason
from crawler.pages import canonical
from crawler.traps import TrapWatch

FILE_ENDING = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|dps|ofd|txt|rtf|csv|zip|rar|7z|tar|gz|apk|exe|msi|ceb|"
    r"jpe?g|png|gif|bmp|webp|svg|ico|tiff?|mp[34]|m4[av]|avi|wmv|flv|mov|rm(?:vb)?|wma|wav|swf|webm|"
    r"css|js|json|xml|woff2?|ttf|eot|otf)$",
    re.IGNORECASE,
)
MEMO = 200_000  # written forms remembered: some 40 MB
PAGE_TAGS = frozenset({"a", "area", "iframe", "frame", "option", "onclick", "meta"})


def looks_like_file(url: str) -> bool:
    """True when the path ends as a file that is no page."""
    return bool(FILE_ENDING.search(urlsplit(url).path))


def is_intranet(url: str, *, loopback_allowed: bool) -> bool:
    """True for an IP that cannot be public or a name that only an intranet resolves (F21)."""
    host = urlsplit(url).hostname or ""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return not loopback_allowed
        return "." not in host or host.endswith((".local", ".lan", ".intranet", ".internal", ".localdomain"))
    return not ip.is_global and not (loopback_allowed and ip.is_loopback)


@dataclass(slots=True)
class Bounds:
    """How far a walk goes (contract 1)."""

    pages_per_site: int = 20000
    depth: int = 6


@dataclass(slots=True)
class Counts:
    """What the progress display shows of one site."""

    pages: int = 0
    planned: int = 0
    checked: int = 0
    bad: int = 0


@dataclass(slots=True)
class Handed:
    """What belongs to another job: an address that was found, or with `entry` one that a redirect leads there."""

    job: str
    url: str
    role: Role
    depth: int
    parent: str | None
    column: str | None
    entry: Entry | None = None
    due: float | None = None


@dataclass(slots=True)
class AddressBook:
    """Knows every address by its number and decides how each is visited.

    `jobs` are the units of work that this walk does; None: all. What belongs to another is stored as found and put
    into `handed` for whoever does it.
    """

    run: int
    hosts: HostMap
    plans: dict[str, SitePlan]
    frontier: Frontier
    bounds: Bounds
    loopback: bool
    jobs: frozenset[str] | None = None
    media: frozenset[str] = frozenset()  # addresses that show posts of accounts: crawler.walk.media
    handed: list[Handed] = field(default_factory=list)
    lent: set[int] = field(default_factory=set)  # ours, found by others too, who ask whether they are fine
    known: set[int] = field(default_factory=set)
    aliases: dict[int, int] = field(default_factory=dict)  # where a redirect ends → the address that led there
    memo: dict[str, int] = field(default_factory=dict)  # written form → number; only to be fast
    fine: set[int] = field(default_factory=set)
    counts: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    late: Batch = field(default_factory=list)  # settled when the store was read: it goes there with the walk's start
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)  # (site, why) not even listed
    traps: defaultdict[str, TrapWatch] = field(default_factory=lambda: defaultdict(TrapWatch))

    @property
    def to_go(self) -> int:
        """Addresses that wait or are on their way."""
        return self.frontier.to_go + self.frontier.in_flight

    def owns(self, job: str) -> bool:
        """Is it this walk that visits the job's addresses?"""
        return self.jobs is None or job in self.jobs

    def find(self, url: str) -> int | None:
        """Number of a known address, or of the one that redirects to it."""
        number = self.memo.get(url)
        if number is None:
            key = key_of(canonical(url))
            number = self.aliases.get(key, key)
            if number not in self.known:
                return None
            self._remember(url, number)
        return number

    def _remember(self, url: str, number: int) -> None:
        if len(self.memo) >= MEMO:
            self.memo.clear()
        self.memo[url] = number

    def claim(self, url: str, number: int) -> bool:
        """After a redirect of `number` to `url`: False when that address is known and has its own turn."""
        known = self.find(url)
        if known is None:
            self.aliases[key_of(url)] = number
        return known in (None, number)

    def add(
        self, batch: Batch, url: str, role: Role, *, depth: int, parent: str | None, column: str | None = None
    ) -> int | None:
        """Number of the address, which is queued when it is new; None when the inventory says to leave it alone.

        `role` is what the page suggests; a link of a walked site becomes a page to walk, within the bounds."""
        number = self.find(url)
        if number is not None:
            return number
        form = canonical(url)
        place = self.hosts.place(form)
        plan = self.plans.get(place.site) if place.site and place.walked else None
        if plan and plan.ignored(form):
            self.left_out[plan.site.id, "清单设置不巡查的路径"] += 1
            return None
        if role is not Role.LINK and (plan is None or looks_like_file(form)) and role not in (Role.COLUMN, Role.LIST):
            role = Role.LINK
        if role in (Role.PAGE, Role.ARTICLE) and plan:
            column = plan.column_of(form)  # a listing column is worked out when facts are read
        number = key_of(form)
        self.known.add(number)
        self._remember(url, number)
        ours = self.owns(place.job)
        reason = self._reason_to_skip(form, role, depth, plan) if ours else None
        row = {
            "run": self.run, "id": number, "url": form, "job": place.job, "site": place.site, "role": int(role),
            "depth": min(depth, 1000), "column": column, "parent": parent, "requests": 0,
            "state": schema.DONE if reason else schema.TODO,
            "outcome": REASONS[reason].outcome.value if reason else None, "reason": reason.value if reason else None,
        }  # fmt: skip
        batch.append(("address", row))
        if not ours:
            self.handed.append(Handed(place.job, form, role, depth, parent, column))
        elif reason is None:
            self.frontier.add(Entry(number, form, role, place.site, place.lane, depth, column, parent))
            if plan and role is not Role.LINK:
                self.counts[plan.site.id].planned += 1
            if self.jobs is not None and role <= Role.LIST:  # whoever found it too knows it as a page
                batch.append(("role", role_row(self.run, number, role, depth, column, parent)))
        elif self.jobs is not None:  # whoever found it too has stored it as still to visit
            batch.append(("settled", {"b_run": self.run, "b_id": number, **_settled(row)}))
        return number

    def adopt(self, batch: Batch, found: Handed) -> None:
        """Take over what another walk found, or an entry that was redirected to a host of ours."""
        if found.entry is not None:
            self.known.add(found.entry.id)
            self.queue(batch, found.entry, due=found.due)
            return
        number = self.add(batch, found.url, found.role, depth=found.depth, parent=found.parent, column=found.column)
        if number is not None:
            self.lent.add(number)
        key = key_of(found.url)
        if number != key:  # it was seen as the end of a redirect, or is none of those to visit
            reason = Reason.REDIRECTED if number is not None else Reason.NOT_REACHED
            settled = {"state": schema.DONE, "outcome": REASONS[reason].outcome.value, "reason": reason.value}
            batch.append(("settled", {"b_run": self.run, "b_id": key, **settled}))

    def queue(self, batch: Batch, entry: Entry, *, front: bool = False, due: float | None = None) -> None:
        """Put an entry back, now or at `due`; one that is on its way to a host of another job goes there."""
        place = self.hosts.place(entry.target)
        entry.lane = place.lane
        if not self.owns(place.job) and entry.id >= 0:
            state = schema.TODO if due is None else schema.RECHECK
            row = {"job": place.job, "redirects": entry.hops or None, "state": state, "due": due}
            batch.append(("moved", {"b_run": self.run, "b_id": entry.id, **row}))
            self.handed.append(
                Handed(place.job, entry.url, entry.role, entry.depth, entry.parent, entry.column, entry, due)
            )
        elif due is None:
            self.frontier.add(entry, front=front)
        else:
            self.frontier.add_later(entry, due)

    def settle_late(self, number: int, url: str, role: Role, depth: int) -> bool:
        """Settle what another walk stored as still to visit and this one would not have queued; False: it stands."""
        if number in self.aliases:
            reason = Reason.REDIRECTED
        elif is_intranet(url, loopback_allowed=self.loopback):
            reason = Reason.INTRANET_ADDRESS
        elif depth > self.bounds.depth and role in (Role.LIST, Role.ARTICLE, Role.PAGE):
            reason = Reason.DEPTH
        else:
            return False
        row = {"state": schema.DONE, "outcome": REASONS[reason].outcome.value, "reason": reason.value}
        self.late.append(("settled", {"b_run": self.run, "b_id": number, **row}))
        return True

    def _reason_to_skip(self, url: str, role: Role, depth: int, plan: SitePlan | None) -> Reason | None:
        if is_intranet(url, loopback_allowed=self.loopback):
            return Reason.INTRANET_ADDRESS
        if role is Role.LINK:
            return Reason.TRAP if len(url) > 4000 else None
        if plan is None or role in (Role.HOME, Role.COLUMN):
            return None
        if self.traps[plan.site.id].trapped(url):
            return Reason.TRAP
        if depth > self.bounds.depth:
            return Reason.DEPTH
        if self.counts[plan.site.id].planned >= self.bounds.pages_per_site:
            return Reason.BUDGET
        return None


def role_row(run: int, number: int, role: Role, depth: int, column: str | None, parent: str | None) -> dict[str, Any]:
    """The update that says what an address is to its own site."""
    own = {"role": int(role), "depth": min(depth, 1000), "column": column, "parent": parent}
    return {"b_run": run, "b_id": number, **own}


def _settled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("state", "outcome", "reason")}
