"""Scrapy's download handler over the project's own fetcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, HtmlResponse, Response, TextResponse

from crawler.downloader.body import DEFAULT_MAX_BODY
from crawler.downloader.fetch import Fetched, Fetcher
from crawler.probes.dns import Resolver, parse_dns_servers

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

# The body is given unpacked and whole, so these would be lies to whoever reads the response.
_HOP_HEADERS = (b"Content-Encoding", b"Transfer-Encoding")


class SeeingHandler(BaseDownloadHandler):
    """Download handler for http and https (`DOWNLOAD_HANDLERS`).

    Settings: `DNS_SERVERS`, `DOWNLOAD_TIMEOUT` (seconds, whole request), `CONNECT_TIMEOUT` (seconds, default 15).

    request.meta in:
        read: 'page' (whole body up to max_body), 'link' (headers and first bytes), 'auto' (pages whole, files as
            links); default 'auto'.
        max_body: bytes, default 8 MiB.
        allow_private: True connects to private addresses too, "loopback" to loopback alone; default False.
        download_timeout: seconds for the whole request.
        family: socket.AF_INET or AF_INET6 to pin the address family.
        fresh: open a connection for this request alone, for honest timing.
    request.meta out:
        seen: `Fetched.seen()`; download_latency: seconds until the headers were complete.

    A failure raises SeeingError; a body that broke midway is a response with seen['dataloss'].
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        resolver = getattr(crawler, "resolver", None)
        if not isinstance(resolver, Resolver):
            resolver = Resolver(parse_dns_servers(settings.get("DNS_SERVERS")))
        self._fetcher = Fetcher(resolver, connect_seconds=settings.getfloat("CONNECT_TIMEOUT", 15.0))
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT", 30.0)

    async def download_request(self, request: Request) -> Response:
        """Fetch `request`; see the class for meta keys. Raises SeeingError."""
        meta = request.meta
        fetched = await self._fetcher.fetch(
            request.url,
            method=request.method,
            headers=_headers(request),
            data=request.body or None,
            family=meta.get("family", 0),
            allow_private=meta.get("allow_private") or False,
            read=meta.get("read", "auto"),
            max_body=meta.get("max_body", DEFAULT_MAX_BODY),
            seconds=meta.get("download_timeout", self._seconds),
            keep=not meta.get("fresh"),
        )
        meta["seen"] = fetched.seen()
        meta["download_latency"] = fetched.first_byte_ms / 1000
        return _response(request.url, fetched)

    async def close(self) -> None:
        """Close every connection."""
        await self._fetcher.close()


def _headers(request: Request) -> list[tuple[str | bytes, str | bytes]]:
    return [(name, value) for name, values in request.headers.items() for value in values]


def headers_of(fetched: Fetched) -> Headers:
    """What `Headers` itself would make of them, in a third of the time: bytes need no turning into bytes."""
    found: dict[bytes, list[bytes]] = {}
    for key, value in fetched.headers:
        if (name := key.title()) not in _HOP_HEADERS:
            found.setdefault(name, []).append(value)
    headers = Headers()
    dict.update(headers, found)
    return headers


def _response(url: str, fetched: Fetched) -> Response:
    content_type = fetched.content_type.lower()
    kind: type[Response] = Response
    if "html" in content_type or not content_type:
        kind = HtmlResponse
    elif content_type.startswith(("text/", "application/json", "application/xml", "application/javascript")):
        kind = TextResponse
    return kind(
        url,
        status=fetched.status,
        headers=headers_of(fetched),
        body=fetched.body,
        flags=["dataloss"] if fetched.dataloss else [],
    )
