"""What a finding is about: addresses in one form, and the fingerprint that is the same in every round."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, quote, unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_BY_CATEGORY = ("首页不更新", "栏目不更新", "空白栏目", "链接不可用", "域名不规范", "IPv6不支持")
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


def family(category: str, rule_id: str) -> str:
    """What makes two findings about one subject one problem.

    Of columns, links, names and IPv6 it is the category: a stale column is written under D5 when the portal is scored
    and under V4.1 when it is not, and is one problem all the same. Elsewhere every clause is a problem of its own.
    """
    return category if category in _BY_CATEGORY else rule_id


def fingerprint(family_name: str, site: str, subject: str, *, veto: bool = False) -> str:
    """SHA-256 (hex) of the problem's family, site and normalised subject; a veto that sums up parts is another."""
    text = "\x1f".join((f"{family_name}!" if veto else family_name, site, normal(subject)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


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
