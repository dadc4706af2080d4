"""Opening a home page as a reader would: redirects and jump pages followed, the address family pinned on every hop."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urljoin, urlsplit

from crawler.downloader import Fetched, Fetcher, SeeingError
from crawler.downloader.guard import Private
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.pages import canonical, read_page
from crawler.probes.held import watched
from crawler.seeing.response import see_response

MAX_HOPS = 10
USER_AGENT = "Mozilla/5.0 (compatible; xuncha/0.1; government site inspection)"
_ASCII = bytes(range(0x21, 0x7F))
_NO_RESOURCE = ("a", "area", "meta", "option", "onclick")
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a home page says.

    `links`: targets of its visible links in normal form, its own host left out, so that the same page under another
    name gives the same set; `inner`: addresses of its visible links on its own host; `outside`: targets of all links,
    hidden ones too, on other hosts; `resources`: images, styles, scripts, frames; `jump_to`: where a page that is
    nothing else sends its reader.
    """

    title: str = ""
    body_hash: str = ""
    links: frozenset[str] = frozenset()
    inner: tuple[str, ...] = ()
    outside: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()
    jump_to: str | None = None


@dataclass(slots=True)
class HomeSeen:
    """What opening one home page showed. `hops`: every address asked for, with its status (None: no answer).

    Milliseconds are those of the last hop, `total_ms` of all hops together, `held_ms` those in which this machine
    stood still meanwhile. `page` is empty unless it opened and was read.
    """

    url: str
    final_url: str
    reason: Reason = Reason.NOT_REACHED
    detail: str = ""
    status: int | None = None
    address: str | None = None
    hops: list[tuple[str, int | None]] = field(default_factory=list)
    dns_ms: float | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    connect_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0
    held_ms: float = 0.0
    page: PageRead = field(default_factory=PageRead)

    @property
    def outcome(self) -> Outcome:
        return REASONS[self.reason].outcome

    @property
    def opened(self) -> bool:
        return self.reason in (Reason.OK, Reason.REDIRECTED)

    def data(self) -> dict[str, Any]:
        """Plain JSON values for a fact."""
        return {
            "url": self.url,
            "final_url": self.final_url,
            "reason": self.reason.value,
            "reason_name": REASONS[self.reason].name,
            "detail": self.detail,
            "status": self.status,
            "address": self.address,
            "hops": [list(hop) for hop in self.hops],
            "connect_ms": self.connect_ms,
            "first_byte_ms": self.first_byte_ms,
            "total_ms": round(self.total_ms, 1),
            "held_ms": self.held_ms,
        }


class Reader:
    """Reads home pages, each one once: the same bytes at the same address come over IPv4, over IPv6, under an alias."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], PageRead] = {}

    def read(self, answer: Fetched, url: str) -> PageRead:
        """What the page says; kept for the next time."""
        key = (url, hashlib.sha256(answer.body).hexdigest()[:40])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _read(answer, url, key[1])
        return known


async def open_home(
    fetcher: Fetcher,
    url: str,
    *,
    family: int = socket.AF_UNSPEC,
    allow_private: Callable[[str], Private] = lambda host: False,
    headers: Mapping[str, str] | None = None,
    seconds: float = 20.0,
    whole: float = 60.0,
    reader: Reader | None = None,
) -> HomeSeen:
    """Open `url` over one address family, never falling back to the other; never raises.

    Cookies are kept from hop to hop, as a site that sets one and sends the reader back to the same address asks for.
    `allow_private(host)` says for which hosts an address inside is in order; `seconds` bounds one hop, `whole` all of
    them. Without `reader` the page is not parsed: no title, no links, and a jump page is taken as the page.
    """
    seen = HomeSeen(url, url)
    async with watched() as held:
        await _follow(seen, fetcher, family, allow_private, headers, seconds, whole, reader)
    seen.held_ms = held.ms
    return seen


async def _follow(
    seen: HomeSeen,
    fetcher: Fetcher,
    family: int,
    allow_private: Callable[[str], Private],
    headers: Mapping[str, str] | None,
    seconds: float,
    whole: float,
    reader: Reader | None,
) -> None:
    """Fill `seen` hop by hop."""
    visited: set[tuple[str, str]] = set()
    jar: dict[str, dict[str, str]] = {}
    started = time.monotonic()
    for _ in range(MAX_HOPS + 1):
        host = _host(seen.final_url)
        cookies = "; ".join(f"{name}={value}" for name, value in jar.get(host, {}).items())
        key = (canonical(seen.final_url), cookies)
        if key in visited:
            break
        visited.add(key)
        try:
            answer = await fetcher.fetch(
                seen.final_url,
                headers=dict(headers or {"User-Agent": USER_AGENT}) | ({"Cookie": cookies} if cookies else {}),
                family=family,
                allow_private=allow_private(host),
                read="auto",
                seconds=max(0.1, min(seconds, whole - (time.monotonic() - started))),
                keep=False,
            )
        except SeeingError as error:
            seen.hops.append((seen.final_url, None))
            seen.reason, seen.detail, seen.address = error.reason, error.detail, error.address
            seen.status = None
            seen.total_ms = (time.monotonic() - started) * 1000
            return
        jar.setdefault(host, {}).update(_cookies(answer))
        following = _take(seen, answer, reader)
        if following is None:
            return
        seen.final_url = following
    seen.reason = Reason.REDIRECT_LOOP


def _cookies(answer: Fetched) -> dict[str, str]:
    pairs = [value.split(b";", 1)[0].partition(b"=") for key, value in answer.headers if key.lower() == b"set-cookie"]
    return {name.strip().decode("latin-1"): value.strip().decode("latin-1") for name, mark, value in pairs if mark}


def _take(seen: HomeSeen, answer: Fetched, reader: Reader | None) -> str | None:
    """Fill `seen` from one answer; the next address when it leads on."""
    seen.hops.append((seen.final_url, answer.status))
    seen.status, seen.address = answer.status, answer.address
    seen.dns_ms, seen.tcp_ms, seen.tls_ms = answer.dns_ms, answer.tcp_ms, answer.tls_ms
    seen.connect_ms, seen.first_byte_ms = answer.connect_ms, answer.first_byte_ms
    seen.total_ms += answer.total_ms
    location = next((value for key, value in answer.headers if key.lower() == b"location"), b"").strip()
    if answer.status in _REDIRECTS and location:
        try:
            return urljoin(seen.final_url, quote_from_bytes(location, safe=_ASCII))
        except ValueError:
            seen.reason, seen.detail = Reason.BAD_RESPONSE, "跳转地址无法识别"
            return None
    result = see_response(
        answer.status,
        {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in answer.headers},
        answer.body,
        seen.final_url,
        declared_size=answer.declared_size,
        truncated=answer.truncated,
        dataloss=answer.dataloss,
        request_url=seen.url,
    )
    seen.reason, seen.detail = result.reason, result.detail
    if answer.timed_out and seen.opened and not answer.body:
        seen.reason = Reason.TIMEOUT
    if not seen.opened or reader is None or not _is_html(answer.content_type):
        return None
    page = reader.read(answer, seen.final_url)
    if page.jump_to:
        return page.jump_to
    seen.page = page
    return None


def _read(answer: Fetched, url: str, digest: str) -> PageRead:
    page = read_page(answer.body, url, answer.content_type or None)
    host = _host(url)
    links = [link for link in page.links if link.tag in ("a", "area")]
    shown = [link for link in links if not link.hidden]
    return PageRead(
        title=(page.title or "").strip(),
        body_hash=digest,
        links=frozenset(_relative(link.url, host) for link in shown),
        inner=tuple(dict.fromkeys(link.url for link in shown if _host(link.url) == host)),
        outside=frozenset(link.url for link in links if _host(link.url) not in (host, "")),
        resources=tuple(dict.fromkeys(link.url for link in page.links if link.tag not in _NO_RESOURCE)),
        jump_to=page.jump_to if page.text_length < 200 and len(page.links) < 5 else None,
    )


def _is_html(content_type: str) -> bool:
    return not content_type or "html" in content_type.lower() or content_type.lower().startswith("text/plain")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _relative(url: str, host: str) -> str:
    parts = urlsplit(canonical(url))
    own = _host(url) == host
    return f"{'' if own else parts.netloc}{parts.path}{f'?{parts.query}' if parts.query else ''}"


def likeness(one: HomeSeen, other: HomeSeen) -> dict[str, Any]:
    """Two home pages compared by sets of link targets and by titles.

    `difference` is the I5 formula of the domain notes: targets found on one side only over all targets of both sides,
    0.0 to 1.0, None without any link.
    """
    only_one, only_other = sorted(one.page.links - other.page.links), sorted(other.page.links - one.page.links)
    total = len(one.page.links) + len(other.page.links)
    same_body = bool(one.page.body_hash) and one.page.body_hash == other.page.body_hash
    return {
        "same_body": same_body,
        "same_title": one.page.title == other.page.title and bool(one.page.title),
        "links": [len(one.page.links), len(other.page.links)],
        "difference": 0.0 if same_body else (round((len(only_one) + len(only_other)) / total, 4) if total else None),
        "only_first": only_one[:20],
        "only_second": only_other[:20],
    }


def is_same_page(compared: Mapping[str, Any], few: int = 5, most: float = 0.2) -> bool:
    """The same content: equal bytes, or equal titles with at least `few` links that differ by at most `most`."""
    if compared["same_body"]:
        return True
    difference = compared["difference"]
    return (
        bool(compared["same_title"]) and min(compared["links"]) >= few and difference is not None and difference <= most
    )
