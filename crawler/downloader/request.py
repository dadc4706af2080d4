"""A request as bytes: the address goes out as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from crawler.downloader.errors import SeeingError
from crawler.outcomes import Reason
from crawler.probes.names import BadNameError, ascii_host, literal_address

Text = str | bytes
Headers = Mapping[str, str] | Iterable[tuple[Text, Text]]

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_ADDRESS = re.compile(r"(https?)://([^/?#\s\\]+)((?:[/?][^#\r\n]*)?)(?:#.*)?\Z", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\x21-\x7e]")
_BREAK = re.compile(rb"[\r\n\0]")
_OURS = {b"host", b"accept-encoding", b"content-length", b"connection", b"transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` in ASCII, brackets off; `netloc` for the Host header; `path` with the query."""

    host: str
    port: int
    secure: bool
    netloc: str
    path: str


def parse_target(url: str) -> Target:
    """Read an absolute http or https address. Raises SeeingError(BAD_ADDRESS).

    Characters that cannot stand in a request line are percent-encoded as UTF-8, all others stay as they are; user and
    password are left out.
    """
    match = _ADDRESS.match(url)
    if match is None:
        raise SeeingError(Reason.BAD_ADDRESS, url[:200])
    scheme, authority, path = match.groups()
    if _UNSAFE.search(path):
        path = quote(path, safe=_PRINTABLE)
    host, port, netloc = _authority(scheme.lower(), authority)
    if not path.startswith("/"):
        path = f"/{path}"
    return Target(host, port, scheme.lower() == "https", netloc, path)


@lru_cache(maxsize=4096)
def _authority(scheme: str, authority: str) -> tuple[str, int, str]:
    """(host, port, Host header) of the part between the slashes."""
    try:
        parts = urlsplit(f"//{authority}")
        host, port = parts.hostname or "", parts.port
        if literal_address(host) is None:
            host = ascii_host(host)
    except (BadNameError, ValueError) as error:
        raise SeeingError(Reason.BAD_ADDRESS, f"{authority[:100]}: {error}") from None
    if port == 0:
        raise SeeingError(Reason.BAD_ADDRESS, authority[:100])
    standard = 443 if scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    return host, port or standard, shown if port in (None, standard) else f"{shown}:{port}"


def request_bytes(target: Target, method: str, headers: Headers, data: bytes | None, keep: bool) -> bytes:
    """Head and body. Header lines that are ours to set (Host, Accept-Encoding) or hold line breaks are left out."""
    lines = [f"{method} {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\n".encode("ascii")]
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    for name, value in pairs:
        key = name.encode("ascii", "ignore") if isinstance(name, str) else name
        text = value.encode("utf-8", "ignore") if isinstance(value, str) else value
        if key.lower() not in _OURS and not _BREAK.search(key) and not _BREAK.search(text):
            lines.append(b"%s: %s\r\n" % (key, text))
    lines.append(b"Accept-Encoding: gzip, deflate\r\n")
    if data is not None:
        lines.append(b"Content-Length: %d\r\n" % len(data))
    lines.append(b"Connection: keep-alive\r\n\r\n" if keep else b"Connection: close\r\n\r\n")
    return b"".join(lines) + (data or b"")
