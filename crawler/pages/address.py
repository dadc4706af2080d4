"""Addresses as a browser reads them: the WHATWG URL rules for http and https, without fragment."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import idna


class Address(NamedTuple):
    """A parsed http or https address; `netloc` holds user info, host and any port that is not the default."""

    scheme: str
    netloc: str
    path: str
    query: str | None

    def __str__(self) -> str:
        tail = "" if self.query is None else f"?{self.query}"
        return f"{self.scheme}://{self.netloc}{self.path}{tail}"


_EDGES = "".join(map(chr, range(33)))
_TABS = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_SLASHES = re.compile(r"[/\\]*")
_AUTHORITY_END = re.compile(r"[/\\?#]")
_PLAIN_HOST = re.compile(r"[A-Za-z0-9_\-.]+\Z")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:@/%|\[\]]*\Z")
_ODD_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|\Z)", re.I)
_NUMBER_LABEL = re.compile(r"(?:\d+|0[xX][0-9A-Fa-f]*)\Z")
_FORBIDDEN_HOST = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")
_PATH_ESCAPED = re.compile(r"[^!$%&'()*+,\-./0-9:;=@A-Z\[\\\]_a-z|~]")
_QUERY_ESCAPED = re.compile(r"[^!$%&()*+,\-./0-9:;=?@A-Z\[\\\]^_`a-z{|}~]")
_DEFAULT_PORT = {"http": "80", "https": "443"}


def parse(raw: str, base: Address | None = None, encoding: str = "utf-8") -> Address | None:
    """Read an address as a browser does, against `base`; None for another scheme or for no valid host.

    The query is written in the page's encoding, the path in UTF-8, as browsers do.
    """
    raw = raw.strip(_EDGES)
    if "\n" in raw or "\t" in raw or "\r" in raw:
        raw = _TABS.sub("", raw)
    match = _SCHEME.match(raw)
    if match is None:
        return _relative(raw, base, encoding) if base else None
    scheme = match.group(1).lower()
    if scheme not in _DEFAULT_PORT:
        return None
    rest = raw[match.end() :]
    if base and base.scheme == scheme and not (rest[:1] in ("/", "\\") and rest[1:2] in ("/", "\\")):
        return _relative(rest, base, encoding)
    return _absolute(scheme, rest, encoding)


def _absolute(scheme: str, rest: str, encoding: str) -> Address | None:
    """Everything after the scheme: any number of slashes, then host, path and query."""
    rest = rest[len(_SLASHES.match(rest).group()) :]  # type: ignore[union-attr]
    end = _AUTHORITY_END.search(rest)
    cut = end.start() if end else len(rest)
    netloc = _netloc(rest[:cut], scheme)
    if netloc is None:
        return None
    path, query = _split(rest[cut:], encoding)
    return Address(scheme, netloc, _path(path if path[:1] in ("/", "\\") else "/" + path), query)


def _relative(raw: str, base: Address, encoding: str) -> Address | None:
    """An address without scheme, read from the place of the page."""
    first = raw[:1]
    if first in ("/", "\\") and first:
        if raw[1:2] in ("/", "\\") and raw[1:2]:
            return _absolute(base.scheme, raw[2:], encoding)
        path, query = _split(raw, encoding)
        return Address(base.scheme, base.netloc, _path(path), query)
    path, query = _split(raw, encoding)
    if not path:
        return base._replace(query=query if query is not None else base.query)
    return Address(base.scheme, base.netloc, _path(base.path[: base.path.rfind("/") + 1] + path), query)


def _split(rest: str, encoding: str) -> tuple[str, str | None]:
    """Path as written and query as sent; the fragment is dropped."""
    rest = rest.partition("#")[0]
    path, mark, query = rest.partition("?")
    return path, _query(query, encoding) if mark else None


def _query(query: str, encoding: str) -> str:
    if _QUERY_ESCAPED.search(query) is None:
        return query
    codec = "gbk" if encoding == "gb18030" else "utf-8" if encoding.startswith("utf") else encoding
    return _QUERY_ESCAPED.sub(lambda found: _escape(found.group(), codec), query)


def _escape(text: str, codec: str) -> str:
    """Percent-encode; a character that the page's encoding lacks is sent as `&#N;`, as browsers do."""
    data = text.encode(codec, "xmlcharrefreplace") if text < "\ud800" or text > "\udfff" else b"\xef\xbf\xbd"
    if data.startswith(b"&#"):
        return f"%26%23{data[2:-1].decode('ascii')}%3B"
    return "".join(f"%{byte:02X}" for byte in data)


def _path(path: str) -> str:
    """Backslashes turned, dot segments resolved, the rest percent-encoded in UTF-8."""
    path = path.replace("\\", "/")
    if _PLAIN_PATH.match(path) is None:
        path = _PATH_ESCAPED.sub(lambda found: _escape(found.group(), "utf-8"), path)
    if ("/." not in path and "/%" not in path and path[:1] not in (".", "%")) or _ODD_SEGMENT.search(path) is None:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            if kept:
                kept.pop()
        elif dots != ".":
            kept.append(segment)
        if dots in (".", "..") and place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


@lru_cache(maxsize=1024)  # a round reads millions of addresses of some thousand hosts
def _netloc(authority: str, scheme: str) -> str | None:
    """User info, host and port in the form a browser sends; None when there is no valid host."""
    user, at, hostport = authority.rpartition("@")
    host, port = hostport, ""
    colon = hostport.rfind(":")
    if colon > hostport.rfind("]"):
        host, port = hostport[:colon], hostport[colon + 1 :]
    if port and not (port.isascii() and port.isdigit() and int(port[:9]) < 65536):
        return None
    name = _host(host)
    if not name:
        return None
    port = port.lstrip("0") or ("0" if port else "")
    tail = f":{port}" if port and port != _DEFAULT_PORT[scheme] else ""
    keep = _PATH_ESCAPED.sub(lambda found: _escape(found.group(), "utf-8"), user) + "@" if at and user else ""
    return f"{keep}{name}{tail}"


def _host(host: str) -> str | None:
    """Lower-case ASCII form of a host name, an IPv4 or an IPv6 address."""
    if host.startswith("["):
        return _ipv6(host)
    if _PLAIN_HOST.match(host) is None:
        try:
            host = unquote_to_bytes(host).decode("utf-8")
            host = host if host.isascii() else idna.encode(host, uts46=True, strict=False).decode("ascii")
        except (UnicodeError, ValueError, IndexError):
            return None
    if not host or _FORBIDDEN_HOST.search(host) or host.strip(".") == "":
        return None
    host = host.lower()
    last = host.rstrip(".").rpartition(".")[2]
    return _ipv4(host.rstrip(".")) if _NUMBER_LABEL.match(last) else host


def _ipv6(host: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(host[1:-1].partition('%')[0])}]" if host.endswith("]") else None
    except ValueError:
        return None


def _ipv4(host: str) -> str | None:
    """The IPv4 parser of the URL standard: decimal, octal and hexadecimal parts, a short form fills up."""
    parts = host.split(".")
    if len(parts) > 4:
        return None
    numbers: list[int] = []
    for part in parts:
        try:
            numbers.append(_ipv4_number(part))
        except ValueError:
            return None
    *upper, last = numbers
    if any(number > 255 for number in upper) or last >= 256 ** (5 - len(numbers)):
        return None
    value = last + sum(number * 256 ** (3 - place) for place, number in enumerate(upper))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(part: str) -> int:
    if len(part) > 40 or not part.isalnum():  # int() takes signs and underscores, the standard does not
        raise ValueError(part)
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8) if part[0] == "0" and len(part) > 1 else int(part)
