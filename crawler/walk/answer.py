"""What came back for one request, whatever fetched it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawler.facts.store import now
from crawler.outcomes import Reason

_CHINA = ZoneInfo("Asia/Shanghai")
KEPT_HEADERS = ("server", "content-type", "content-length", "location", "retry-after", "last-modified", "date", "via")

_DRAWN = timedelta(days=1)  # a file this young was drawn for us, or came today


@dataclass(frozen=True, slots=True)
class Answer:
    """One GET's answer: `failure` where no HTTP answer came, else status, headers and body.

    Header names are lower case; several of one name are joined by comma, of Set-Cookie by newline.
    """

    at: datetime = field(default_factory=now)
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failure: Reason | None = None
    detail: str = ""
    ip: str | None = None
    milliseconds: int | None = None
    truncated: bool = False  # we stopped reading
    dataloss: bool = False  # the server stopped sending
    declared_size: int | None = None

    @property
    def content_type(self) -> str:
        """The Content-Type header, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def modified(self) -> date | None:
        """Day of Last-Modified in China (RFC 9110, 8.8.2); None when absent, unreadable or of the moment itself."""
        try:
            moment = parsedate_to_datetime(self.headers.get("last-modified", ""))
            if moment.tzinfo is None or moment > self.at - _DRAWN:
                return None
            return moment.astimezone(_CHINA).date()
        except (ValueError, OverflowError):
            return None

    @property
    def kept_headers(self) -> dict[str, str]:
        """The headers worth keeping as evidence, bounded."""
        return {name: self.headers[name][:300] for name in KEPT_HEADERS if name in self.headers}
