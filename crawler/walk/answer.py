"""What came back for one request, whatever fetched it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.facts.store import now
from crawler.outcomes import Reason

KEPT_HEADERS = ("server", "content-type", "content-length", "location", "retry-after", "last-modified", "date", "via")


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
    def kept_headers(self) -> dict[str, str]:
        """The headers worth keeping as evidence, bounded."""
        return {name: self.headers[name][:300] for name in KEPT_HEADERS if name in self.headers}
