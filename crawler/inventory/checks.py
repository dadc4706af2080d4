"""What holds between the parts of an inventory: ids, units, addresses.

Mistakes are looked for in the raw data, so that one hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from pydantic import ValidationError

from crawler.inventory.models import Closure, Inventory
from crawler.inventory.wording import nearest

Check = tuple[tuple[Any, ...], str, str]

_HOST = re.compile(r"^[^\s/:@?#\\]+(?::\d{1,5})?$")
_SITE_CODE = re.compile(r"^(?:[1-9]\d{9}|bm\d{8})$", re.IGNORECASE)


def cross_checks(data: dict[Any, Any]) -> Iterator[Check]:
    """Mistakes that make an inventory unusable, as (field path, message, remedy)."""
    units = {str(unit["id"]) for _, unit in _items(data, "units") if _text(unit.get("id"))}
    yield from _repeated(data, ("units",), "单位编号")
    yield from _repeated(data, ("sites",), "站点编号")
    yield from _same_home(data)
    for path, site in _items(data, "sites"):
        yield from _unknown_unit(site, path, units)
        yield from _repeated(site, ("columns",), "栏目编号", path)
        yield from _site_addresses(site, path)
        for closure_path, closure in _items(site, "closures", path):
            yield from _closure_span(closure, closure_path)
        for column_path, column in _items(site, "columns", path):
            yield from _unknown_unit(column, column_path, units)
            yield from _column_address(site, column, column_path)
    for path, account in _items(data, "media_accounts"):
        yield from _unknown_unit(account, path, units)
    for path, exemption in _items(data, "exemptions"):
        url = exemption.get("url")
        if _text(url) and not _web_address(str(url)):
            yield (*path, "url"), f"“{url}”不是完整的网址", "从 http:// 或 https:// 写起"


def soft_checks(inventory: Inventory) -> Iterator[Check]:
    """What a valid inventory may want to look at again: the round goes on, `scrapy inventory check` tells it."""
    hosts: dict[str, str] = {}
    for index, site in enumerate(inventory.sites):
        path = ("sites", index)
        if site.site_code is None:
            yield path, "没有填写网站标识码", "补上 site_code，用于核对页脚的网站标识"
        elif not _SITE_CODE.match(site.site_code):
            yield (*path, "site_code"), f"“{site.site_code}”不像网站标识码", "应为10位数字，部委网站为 bm 加8位数字"
        for number, alias in enumerate(site.aliases):
            here = (*path, "aliases", number)
            if alias.lower() == site.host:
                yield here, f"“{alias}”就是该站点的首页域名", "删去"
            elif alias.lower() in hosts:
                yield here, f"“{alias}”也是站点“{hosts[alias.lower()]}”的域名", "只留在一个站点下"
            hosts.setdefault(alias.lower(), site.id)
        for number, closure in enumerate(site.closures):
            if closure.until - closure.from_ > timedelta(days=7):
                here = (*path, "closures", number)
                yield here, "计划停机超过7天，期间不能判定站点能否访问", "核对恢复时间；长期关停的站点从清单中移除"
        seen: dict[str, str] = {}
        for number, column in enumerate(site.columns):
            address = site.column_url(column)
            if address in seen:
                yield (*path, "columns", number, "url"), f"与栏目“{seen[address]}”是同一网址", "核对栏目网址"
            seen.setdefault(address, column.id)
    own = {site.host for site in inventory.sites} | set(hosts)
    own |= {host.lower() for site in inventory.sites for host in site.own_hosts}
    for index, exemption in enumerate(inventory.exemptions):
        if (urlsplit(exemption.url).hostname or "") not in own:
            yield ("exemptions", index, "url"), "该网址不属于清单中的站点", "外部链接可不理会，否则核对域名"


def _items(data: Any, key: str, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], dict[Any, Any]]]:
    """The mappings of the list `data[key]` with their paths; anything else is pydantic's to tell."""
    values = data.get(key)
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, dict):
            yield (*path, key, index), value


def _text(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _repeated(data: dict[Any, Any], keys: tuple[str], label: str, path: tuple[Any, ...] = ()) -> Iterator[Check]:
    seen: dict[str, int] = {}
    for item_path, item in _items(data, keys[0], path):
        if not _text(item.get("id")):
            continue
        name = str(item["id"]).strip()
        if name in seen:
            yield (*item_path, "id"), f"{label}“{name}”重复（与第{seen[name]}项相同）", "换一个不重复的编号"
        seen.setdefault(name, item_path[-1] + 1)


def _unknown_unit(item: dict[Any, Any], path: tuple[Any, ...], units: set[str]) -> Iterator[Check]:
    name = item.get("unit")
    if _text(name) and str(name).strip() not in units:
        guess = nearest(str(name), sorted(units))
        remedy = f"是否为“{guess}”；" if guess else ""
        yield (*path, "unit"), f"没有编号为“{name}”的单位", remedy + "在 units 中补上该单位，或改正编号"


def _same_home(data: dict[Any, Any]) -> Iterator[Check]:
    seen: dict[tuple[str, int | None, str], str] = {}
    for path, site in _items(data, "sites"):
        parts = _web_address(str(site.get("url", "")))
        if parts is None:
            continue
        port = None if parts.port in (80, 443, None) else parts.port
        home = ((parts.hostname or "").lower(), port, parts.path or "/")
        if home in seen:
            yield (*path, "url"), f"与站点“{seen[home]}”是同一首页", "删去重复的站点，或更正网址"
        seen.setdefault(home, str(site.get("id", "")))


def _site_addresses(site: dict[Any, Any], path: tuple[Any, ...]) -> Iterator[Check]:
    url = site.get("url")
    if _text(url) and re.match(r"^\s*https?://", str(url)) and not _web_address(str(url)):
        yield (*path, "url"), f"网址“{url}”中没有可用的域名", "核对网址，从 http:// 写起，不含空格与中文标点"
    for key in ("aliases", "own_hosts"):
        for index, host in _strings(site, key):
            if not _HOST.match(host.strip()):
                yield (*path, key, index), f"“{host}”不是域名", "只写域名，如 yunling.gov.cn，不写 http:// 与路径"
    for index, pattern in _strings(site, "ignore"):
        try:
            re.compile(pattern)
        except re.error as error:
            where = f"第{error.pos + 1}个字符处" if error.pos is not None else ""
            yield (
                (*path, "ignore", index),
                f"正则表达式“{pattern}”有误（{where}）",
                "检查括号是否成对、* + ? 前是否有内容",
            )


def _column_address(site: dict[Any, Any], column: dict[Any, Any], path: tuple[Any, ...]) -> Iterator[Check]:
    home, url = _web_address(str(site.get("url", ""))), column.get("url")
    if home is None or not _text(url):
        return
    try:
        address = _web_address(urljoin(home.geturl(), str(url).strip()))
    except ValueError:
        address = None
    if address is None:
        yield (*path, "url"), f"“{url}”不是可以访问的网址", "写栏目列表页的网址，如 /tzgg/"


def _closure_span(closure: dict[Any, Any], path: tuple[Any, ...]) -> Iterator[Check]:
    try:
        span = Closure.model_validate({"reason": "-"} | {key: closure.get(key) for key in ("from", "until")})
    except ValidationError:
        return  # what cannot be read is pydantic's to tell
    if span.until <= span.from_:
        yield (*path, "until"), f"“{closure.get('until')}”不晚于开始时间“{closure.get('from')}”", "核对停机的起止时间"


def _strings(data: dict[Any, Any], key: str) -> Iterable[tuple[int, str]]:
    values = data.get(key)
    return [(i, v) for i, v in enumerate(values if isinstance(values, list) else []) if isinstance(v, str)]


def _web_address(url: str) -> SplitResult | None:
    """The parts of an http(s) address with a host and a usable port, None otherwise."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    host = parts.hostname or ""
    return parts if usable and not re.search(r"[\s，。、；“”<>\"]", host) else None
