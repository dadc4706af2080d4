"""The normal form of an address: one page, one address, whatever session it was seen in."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawler.pages.address import Address, parse
from crawler.pages.marks import load_marks

_PLAIN = re.compile(r"(https?://[A-Za-z0-9.\-:]+)(/[A-Za-z0-9\-_~!$&()*+,=:@/.]*)")


@cache
def _rules() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    """(query parameter in lower case → pattern of its value, pattern of path parameters)."""
    data = load_marks("session_params.yaml")
    query = {entry["name"].lower(): re.compile(entry.get("value", ".*"), re.I | re.S) for entry in data["query"]}
    names = "|".join(re.escape(entry["name"]) for entry in data["path"])
    return query, re.compile(rf";(?:{names})=[^/;?]*", re.I)


def canonical(url: str) -> str:
    """Browser form without fragment, default port and session parameters; what is no web address stays as it is."""
    plain = _PLAIN.fullmatch(url)
    if plain is not None and "/." not in url and (host := _host(plain.group(1))) is not None:
        return host + plain.group(2)
    return _canonical(url)


@lru_cache(maxsize=4096)
def _host(written: str) -> str | None:
    """Scheme and host in normal form."""
    address = parse(written)
    return f"{address.scheme}://{address.netloc}" if address is not None else None


def _canonical(url: str) -> str:
    address = parse(url)
    if address is None:
        return url
    query_rules, in_path = _rules()
    path = in_path.sub("", address.path) if ";" in address.path else address.path
    query = address.query
    if query:
        kept = [part for part in query.split("&") if not _is_session(part, query_rules)]
        query = "&".join(kept) or None
    elif query == "":
        query = None
    return str(Address(address.scheme, address.netloc, path or "/", query))


def _is_session(part: str, rules: dict[str, re.Pattern[str]]) -> bool:
    name, _, value = part.partition("=")
    rule = rules.get(name.lower())
    return rule is not None and rule.fullmatch(value) is not None
