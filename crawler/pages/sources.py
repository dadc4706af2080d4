"""Addresses that a page names for its scripts: list data, footer scripts, and the target of a jump page."""

from __future__ import annotations

import re
from html import unescape

from crawler.pages.links import is_inert, refresh_target
from crawler.pages.near import holds_any
from crawler.pages.resolve import Resolver
from crawler.pages.tree import Document

SOURCE_LIMIT = 50
FOOTER_LIMIT = 8
_FOOTER_WORDS = ("foot", "Foot", "bottom", "copyright", "dibu")
_DATA_WORDS = ("dataproxy", ".json", ".xml", "/api/", "search4col", "/irs/", "getList", "nfolist", "/article")
_QUOTED = re.compile(r"[\"']((?:https?:)?[^\"'\s<>{}]{3,600})[\"']")
_DATA_ADDRESS = re.compile(
    r"dataproxy\.jsp\?|(?:^|/)[\w.-]*(?:list|data|news|article|index|page|channel|col)[\w.-]*\.(?:json|xml)(?:$|\?)|"
    r"/api/[\w/-]*(?:list|all|article|news|page|doc)"
    r"|search4col|/irs/front/list|getList|/articles?\?|/gkmlpt/api/|infolist|rss\.xml|/list\.(?:json|xml)",
    re.I,
)
_NOT_DATA = re.compile(
    r"\.(?:js|css|png|jpe?g|gif|svg|woff2?)(?:$|\?)|relation|sitemap|manifest|config|weather|province|area|city|map",
    re.I,
)
_POSTED = re.compile(r"type\s*:\s*[\"']post[\"']|\$\.post\s*\(|method\s*:\s*[\"']post[\"']", re.I)
_COLUMN_PARAM = re.compile(r"\bvar\s+(?:param|params)\s*=\s*\"?(\{[^{}]{10,900}\})")
_PROXY_PARAM = re.compile(
    r"[\"']?(startrecord|endrecord|perpage|col|appid|webid|path|columnid|sourceContentType|unitid|webname|"
    r"permissiontype)[\"']?\s*:\s*[\"']?([^,\"'{}]*)"
)
_PROXY_URL = re.compile(r"dataproxyurl\s*[:=]\s*[\"']([^\"']+)[\"']", re.I)
_TOTAL = re.compile(r"totalRecord\w*\s*[:=]\s*[\"']?(\d{1,7})", re.I)
_PER_PAGE = re.compile(r"perPage\s*[:=]\s*[\"']?(\d{1,3})", re.I)
_LOCATION = re.compile(
    r"(?:window\.|top\.|self\.|parent\.|document\.)?location(?:\.href)?\s*=\s*[\"']([^\"']{1,1000})[\"']\s*(?:;|\Z|\}|"
    r"\n)"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"']{1,1000})[\"']\s*\)"
)
_FOOTER_SCRIPT = re.compile(
    r"(?:^|/)[\w.-]*(?:foot|bottom|copyright|dibu|common_?end|public_?end|conac)[\w.-]*\.(?:js|jsp|aspx)\b|/footjs?\b",
    re.I,
)
_FOOTER_LOAD = re.compile(
    r"""\.(?:load|get)\(\s*["']([^"'\s]{0,200}(?:foot|bottom|copyright|dibu)[\w./-]{0,60}\.(?:s?html?|jsp|aspx|txt)[^"'\s]{0,100})""",
    re.I,
)
_FOOTER_FRAME = re.compile(r"(?:^|/)[\w.-]*(?:foot|bottom|copyright|dibu)[\w.-]*\.(?:s?html?|jsp|aspx|php)\b", re.I)
_JUMP_TEXT = 60


def list_sources(doc: Document, resolve: Resolver) -> list[str]:
    """Addresses of list data (dataproxy, JSON, XML) that inline scripts name; those that are posted to are left out."""
    found: dict[str, None] = {}
    for script in doc.scripts:
        text = script.text
        if not 20 < len(text) < 500_000 or not holds_any(text, _DATA_WORDS):
            continue
        for address in _jpage(text):
            _keep(found, resolve, address)
        for quoted in _QUOTED.finditer(text):
            raw = unescape(quoted.group(1)).replace("\\/", "/")
            if _DATA_ADDRESS.search(raw) and not _NOT_DATA.search(raw) and _whole(text, quoted.end()):
                call = text[max(0, quoted.start() - 120) : quoted.start()].rpartition(";")[2]
                call += text[quoted.end() : quoted.end() + 200].partition(")")[0]
                if not _POSTED.search(call):
                    _keep(found, resolve, raw)
    return list(found)[:SOURCE_LIMIT]


def _whole(text: str, place: int) -> bool:
    """An address that goes on with `+ variable` cannot be fetched as it stands."""
    return not text[place : place + 12].lstrip().startswith("+")


def _keep(found: dict[str, None], resolve: Resolver, raw: str) -> None:
    address = resolve.url(raw)
    if address:
        found[address] = None


def _jpage(text: str) -> list[str]:
    """大汉 jpage: the record ranges that its pager would ask dataproxy.jsp for."""
    proxy = _PROXY_URL.search(text)
    if proxy is None:
        return []
    address = unescape(proxy.group(1))
    total, size = _TOTAL.search(text), _PER_PAGE.search(text)
    if "startrecord=" in address or total is None or size is None:
        return [address]
    parameters = dict(_PROXY_PARAM.findall(text))
    for name in ("startrecord", "endrecord", "perpage"):
        parameters.pop(name, None)
    count, step = int(total.group(1)), max(1, int(size.group(1))) * 3
    tail = "".join(f"&{name}={value.strip()}" for name, value in parameters.items())
    mark = "&" if "?" in address else "?"
    return [
        f"{address}{mark}startrecord={start}&endrecord={min(count, start + step - 1)}&perpage={step // 3}{tail}"
        for start in range(1, count + 1, step)
    ][:SOURCE_LIMIT]


def footer_scripts(doc: Document, resolve: Resolver) -> list[str]:
    """What draws the footer, by its name or its place: scripts, pieces of markup that a script loads, frames.

    They are to be read before an identity item is called missing.
    """
    found: dict[str, None] = {}
    for script in doc.scripts:
        raw = script.attrs.get("src") or ""
        inside = script.parent is not None and script.parent.region == "footer"
        if 0 < len(raw) < 600 and not is_inert(script.attrs) and (inside or _FOOTER_SCRIPT.search(raw)):
            _keep(found, resolve, raw)
        if holds_any(script.text, _FOOTER_WORDS):
            for loaded in _FOOTER_LOAD.finditer(script.text[:100_000]):
                _keep(found, resolve, loaded.group(1))
    for element in doc.tagged["iframe"]:
        if _FOOTER_FRAME.search(element.get("src")[:600]):
            _keep(found, resolve, element.get("src"))
    return list(found)[:FOOTER_LIMIT]


def _at_once(before: str) -> bool:
    """Does the script jump when it loads, for every reader: not in a handler, not for telephones only?"""
    if "userAgent" in before or "screen.width" in before:
        return False
    return "function" not in before or "onload" in before or "setTimeout" in before or "setInterval" in before


def jump_target(doc: Document, resolve: Resolver, url: str, shown: int, anchors: int) -> str | None:
    """Where a page leads that has nothing else to show: meta refresh, or a script that sets location."""
    if shown > _JUMP_TEXT and not (shown < 300 and anchors < 4):
        return None
    for element in doc.tagged["meta"]:
        raw = refresh_target(element)
        target = resolve.url(raw) if raw else None
        if target and target != url:
            return target
    if shown > _JUMP_TEXT or anchors > 3:
        return None
    for script in doc.scripts:
        if len(script.text) > 5000 or "cookie" in script.text:
            continue
        found = _LOCATION.search(script.text)
        if found and not _at_once(script.text[: found.start()]):
            continue
        target = resolve.url(found.group(1) or found.group(2)) if found else None
        if target and target != url:
            return target
    return None
