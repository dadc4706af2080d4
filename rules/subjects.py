"""What a finding is about: addresses in one form, and the fingerprint that is the same in every round."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, quote, unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "/:@!$&'()*+,;=-._~"


def normal(url: str) -> str:
    """Address without scheme, default port, fragment and spelling differences; `host[:port]/path[?query]`.

    A site that moves to HTTPS keeps its problems, so the scheme is left out. Never raises.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    if not parts.netloc:
        return url.strip()
    host = (parts.hostname or "").rstrip(".")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=_SAFE, errors="surrogateescape") or "/"
    return f"{host}{path}{'?' + parts.query if parts.query else ''}"


def fingerprint(category: str, site: str, subject: str, *, veto: bool = False) -> str:
    """SHA-256 (hex) of the problem's family, site and normalised subject.

    The family is the category, not the clause: a stale column is written under D5 when the portal is scored and under
    V4.1 when it is not, and is one problem all the same. A veto that sums up parts is a problem of its own.
    """
    family = f"{category}!" if veto else category
    return hashlib.sha256("\x1f".join((family, site, normal(subject))).encode("utf-8", "surrogateescape")).hexdigest()


def host_of(url: str) -> str:
    """Host name of an address, lower case, without port and trailing dot; empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def home_of(host: str, like: str) -> str:
    """Home page address of another host, with the scheme and port of the address `like`."""
    parts = urlsplit(like)
    port = f":{parts.port}" if parts.port else ""
    return SplitResult(parts.scheme, f"{host}{port}", "/", "", "").geturl()
