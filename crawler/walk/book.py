"""The address book of a walk: every address once, with its number, and whether it is already known to be fine."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
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
class AddressBook:
    """Gives numbers to addresses and decides how each is visited."""

    run: int
    hosts: HostMap
    plans: dict[str, SitePlan]
    frontier: Frontier
    bounds: Bounds
    loopback: bool
    ids: dict[str, int] = field(default_factory=dict)
    fine: set[int] = field(default_factory=set)
    counts: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)  # (site, why) not even listed
    traps: defaultdict[str, TrapWatch] = field(default_factory=lambda: defaultdict(TrapWatch))
    next_id: int = 1

    def find(self, url: str) -> int | None:
        """Number of a known address; remembers the written form beside the canonical one."""
        number = self.ids.get(url)
        if number is None:
            number = self.ids.get(canonical(url))
            if number is not None:
                self.ids[url] = number
        return number

    def add(
        self, batch: Batch, url: str, role: Role, *, depth: int, parent: str | None, column: str | None = None
    ) -> int | None:
        """Number of the address, which is queued when it is new; None when the inventory says to leave it alone.

        `role` is what the page suggests; a link of a walked site becomes a page to walk, within the bounds."""
        known = self.find(url)
        if known is not None:
            return known
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
        number = self.next_id
        self.next_id += 1
        self.ids[form] = self.ids[url] = number
        reason = self._reason_to_skip(form, role, depth, plan)
        row = {
            "run": self.run, "id": number, "key": key_of(form), "url": form, "site": place.site, "role": int(role),
            "depth": min(depth, 1000), "column": column, "parent": parent, "requests": 0,
            "state": schema.DONE if reason else schema.TODO,
            "outcome": REASONS[reason].outcome.value if reason else None, "reason": reason.value if reason else None,
        }  # fmt: skip
        batch.append(("address", row))
        if reason is None:
            self.frontier.add(Entry(number, form, role, place.site, place.lane, depth, column, parent))
            if plan and role is not Role.LINK:
                self.counts[plan.site.id].planned += 1
        return number

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
