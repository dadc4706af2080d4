"""Between the walk and Scrapy: an entry of the frontier as a Request, a Response or an error as an Answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote_from_bytes

from scrapy import Request
from scrapy.http import Headers, Response

from crawler.downloader import SeeingError
from crawler.frontier import Entry
from crawler.middlewares.robots import DisallowedByRobots
from crawler.outcomes import Reason
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook
from crawler.walk.files import is_attachment
from crawler.walk.media import MEDIA_BYTES
from crawler.walk.search import SEARCH_ID

STAGING_TIMEOUT = 6.0  # seconds: the bundled city is on this machine, and its demo should not keep a person waiting
ASCII = bytes(range(128))
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Requests:
    """Requests of one round. `timeout` in seconds; `attachment_bytes` is None where attachments are not read."""

    book: AddressBook
    headers: dict[str, str]
    timeout: float
    attachment_bytes: int | None

    def of(self, entry: Entry) -> Request:
        """The GET of an entry: its lane is its pace group, its cookie jar and its download slot."""
        plan = self.book.plans.get(entry.site or "")
        place = self.book.hosts.place(entry.target)
        meta = {
            "entry": entry,
            "lane": entry.lane,
            "verbatim_url": True,
            "download_slot": entry.lane,
            "cookiejar": entry.lane,
            "read": "auto" if (place.walked or entry.id == SEARCH_ID) and entry.role < 5 else "link",
            "allow_private": "loopback" if self.book.loopback else False,
            "download_timeout": self.timeout,
            "obey_robots": not (plan and plan.site.robots == "ignore" and place.walked),
        }
        if self.attachment_bytes is not None and place.walked and is_attachment(entry.target):
            meta |= {"read": "page", "max_body": self.attachment_bytes}
        if entry.url in self.book.media:
            meta |= {"read": "page", "max_body": MEDIA_BYTES}
        request = Request(entry.target, meta=meta, dont_filter=True)
        dict.update(request.headers, self._usual)
        if entry.parent:
            request.headers["Referer"] = entry.parent.encode()
        return request

    @cached_property
    def _usual(self) -> Headers:
        """`headers` as a request has them: made once, since that takes longer than the rest of it."""
        return Headers(self.headers)


def answer_of(response: Response) -> Answer:
    """An HTTP answer, whatever its status."""
    seen = response.meta.get("seen", {})
    headers = {
        (key := name.decode("latin-1").lower()): (b"\n" if key == "set-cookie" else b", ")
        .join(values)
        .decode("utf-8", "replace")
        for name, values in dict.items(response.headers)
    }
    if locations := dict.get(response.headers, b"Location"):
        headers["location"] = quote_from_bytes(locations[-1], safe=ASCII)  # raw bytes are sent on as they came
    answer = Answer(
        status=response.status,
        headers=headers,
        body=response.body,
        ip=seen.get("address"),
        milliseconds=round(seen.get("total_ms") or 0),
        truncated=seen.get("truncated", False),
        dataloss=seen.get("dataloss", False),
        declared_size=seen.get("declared_size"),
    )
    if seen.get("timed_out") and "html" in answer.content_type:  # an attachment's first bytes are enough (F28)
        return replace(answer, status=None, failure=Reason.TIMEOUT, detail="内容在限定时间内没有传完")
    return answer


def failure_of(request: Request, error: BaseException) -> Answer:
    """No HTTP answer: the network said why, or robots.txt does not allow it; anything else is our own fault."""
    if isinstance(error, SeeingError):
        seen = request.meta.get("seen", {})
        return Answer(failure=error.reason, detail=error.detail, ip=seen.get("address"))
    if isinstance(error, DisallowedByRobots):
        return Answer(failure=Reason.ROBOTS)
    log.error("request failed by our own fault: %s", request, exc_info=error)
    return Answer(failure=Reason.TOOL_ERROR, detail=f"{type(error).__name__}: {error}"[:300])
