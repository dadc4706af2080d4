"""Real saved pages under their own host names: `python -m tests.staging.replay ../shared/pages`.

Every page stands at its `url` of truth.json, or on its `domain`, or on an invented host under `.test`. Absolute links
in the pages get the port of this server (nothing else of their bytes is touched), every name resolves to loopback,
and whatever was not saved answers 599 with `X-Staging: not-saved`, which is `unchecked` and never a finding.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import yaml

from .names import base_names
from .web import Exchange, Response

RESERVED = "replay.test"
_LINK = re.compile(rb"(?:https?:)?//([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(:\d+)?(?=[/\"'?#\s)<>&])", re.I)
_IPV4 = re.compile(rb"\d+(\.\d+){3}")
_PRIVATE = re.compile(rb"(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\.")
_STATUS = {"waf_jsl": 521, "waf_ruishu": 412}
_TYPES = {
    "tzgg": "通知公告", "yaowen": "动态要闻", "mtjj": "动态要闻", "dzhd": "动态要闻", "djgz": "动态要闻",
    "fgfxwj": "政策文件", "ndgzjh": "规划计划", "bszn": "办事服务", "jsvar": "政策解读",
}  # fmt: skip


@dataclass
class Saved:
    """One saved page and where it is served."""

    name: str
    truth: dict[str, Any]
    host: str
    target: str
    body: bytes


@dataclass
class Host:
    """The saved pages of one host; the home page comes first."""

    host: str
    pages: list[Saved] = field(default_factory=list)


def address_of(name: str, truth: dict[str, Any]) -> tuple[str, str]:
    """Host and target of a page: its own, else invented ones."""
    url, domain = truth.get("url"), (truth.get("domain") or "").split(",")[0].strip()
    domain = domain if "//" in domain or not domain else f"http://{domain}"
    if url and not re.match(r"https?://", url):
        url = urljoin(f"{domain}/", url) if domain and url[:1] in "./" else f"http://{url}"
    stem = name.split("_")[0] if not name.startswith("waf_") else name.removesuffix(".html").replace("_", "-")
    base = url or domain or f"http://{stem}.{RESERVED}"
    parts = urlsplit(base)
    if truth["kind"] == "homepage":
        target = "/"
    elif url:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    else:
        target = f"/saved/{quote(name)}"
    return (parts.hostname or "").lower(), target


def with_port(body: bytes, port: int, encoding: str) -> bytes:
    """Absolute links led to this server: the port added, https made http, public IP hosts given a reserved name."""

    def replace(found: re.Match[bytes]) -> bytes:
        host = found[1]
        if host.endswith((b"w3.org", b"schemas.microsoft.com")) or _PRIVATE.match(host):
            return found[0]
        if _IPV4.fullmatch(host):
            host += b"." + RESERVED.encode()
        scheme = b"" if found[0].startswith(b"//") else b"http:"
        return b"%s//%s:%d" % (scheme, host, port)

    if encoding.startswith("utf-16"):
        return _LINK.sub(replace, body.decode(encoding).encode()).decode().encode(encoding)
    return _LINK.sub(replace, body)


class ReplayCity:
    """Hosts and pages of a folder of saved pages."""

    def __init__(self, folder: Path, as_of: datetime, port: int) -> None:
        self.as_of, self.port = as_of, port
        self.hosts: dict[str, Host] = {}
        truths: dict[str, dict[str, Any]] = json.loads((folder / "truth.json").read_text("utf-8"))
        for name, truth in sorted(truths.items(), key=lambda item: (item[1]["kind"] != "homepage", item[0])):
            if (folder / name).is_file():
                self._take(name, truth, (folder / name).read_bytes())
        self.names = base_names(self.hosts)
        self.names.fallback = {"A": ["127.0.0.1"], "AAAA": ["::1"]}

    def _take(self, name: str, truth: dict[str, Any], body: bytes) -> None:
        host, target = address_of(name, truth)
        if any(page.target == target for page in self.hosts.get(host, Host(host)).pages):
            host = f"{name.split('_')[0]}-{len(self.hosts)}.{RESERVED}"
        body = with_port(body, self.port, truth["encoding"])
        self.hosts.setdefault(host, Host(host)).pages.append(Saved(name, truth, host, target, body))

    async def __call__(self, exchange: Exchange) -> Response:
        """The saved page, or the answer that says it was not saved."""
        request = exchange.request
        pages = self.hosts[request.host].pages if request.host in self.hosts else []
        for page in pages:
            if page.target == request.target:
                status = next((s for start, s in _STATUS.items() if page.name.startswith(start)), 200)
                return Response(status, page.body, "text/html")
        if request.path == "/robots.txt":
            return Response(200, b"User-agent: *\nDisallow:\n", "text/plain")
        return Response(599, b"not saved\n", "text/plain", [("X-Staging", "not-saved")])

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write inventory.yaml and truth.yaml of the replay; the paths of both."""
        folder.mkdir(parents=True, exist_ok=True)
        inventory, told = folder / "inventory.yaml", folder / "truth.yaml"
        for path, data in ((inventory, self.inventory()), (told, self.truth())):
            path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=160), "utf-8")
        return inventory, told

    def url(self, page: Saved) -> str:
        """Address of a saved page on this server."""
        return f"http://{page.host}:{self.port}{page.target}"

    def inventory(self) -> dict[str, Any]:
        """One site a host; pages besides the home page stand as its columns, so that all of them are read."""
        sites, units = [], []
        for number, host in enumerate(self.hosts.values(), 1):
            home, *others = host.pages
            name = home.truth.get("site") or host.host
            units.append({"id": f"u{number}", "name": name, "kind": "department"})
            site = {"id": f"s{number}", "name": name, "unit": f"u{number}", "url": self.url(home)}
            code = (home.truth.get("footer") or {}).get("site_id")
            sites.append(site | ({"site_code": code} if code else {}) | {"columns": [self._column(p) for p in others]})
        bulletin = {"title": "真实页面回放巡查通报", "addressees": ["各有关单位"]}
        head = {"city": "回放", "region_code": "999999", "issuer": "回放", "bulletin": bulletin}
        return head | {"units": units, "sites": sites}

    def _column(self, page: Saved) -> dict[str, Any]:
        stem = page.name.removesuffix(".html")
        kind = next((t for part, t in _TYPES.items() if part in stem.split("_")), "其他")
        name = page.truth.get("column") or page.truth.get("title") or stem
        return {"id": re.sub(r"[^A-Za-z0-9_-]", "-", stem), "name": name[:60], "url": self.url(page), "type": kind}

    def truth(self) -> dict[str, Any]:
        """What is known of every page, by its address."""
        keys = ("kind", "encoding", "title", "pub_date")
        pages = [
            {"name": p.name, "url": self.url(p)}
            | {k: p.truth.get(k) for k in keys}
            | {"newest": (p.truth.get("list") or {}).get("newest")}
            for host in self.hosts.values()
            for p in host.pages
        ]
        return {"city": "回放", "as_of": self.as_of.isoformat(), "http_port": self.port, "pages": pages}


def _newest(page: Saved) -> dict[str, Any]:
    return {"newest": (page.truth.get("list") or {}).get("newest")}


def main() -> int:
    """Serve a folder of saved pages until Ctrl-C; 0 and a word about it when the folder is missing."""
    from .__main__ import wait
    from .clock import BEIJING, beijing
    from .process import CityError, start_replay

    parser = argparse.ArgumentParser(prog="python -m tests.staging.replay", description="回放保存的真实页面")
    parser.add_argument("pages", type=Path, help="保存页面的文件夹，内有 truth.json")
    parser.add_argument("--as-of", type=datetime.fromisoformat, default=None)
    parser.add_argument("--http-port", type=int, default=None)
    parser.add_argument("--dns-port", type=int, default=None)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    if not (options.pages / "truth.json").is_file():
        print(f"跳过回放：{options.pages} 中没有 truth.json")
        return 0
    as_of = beijing(options.as_of or datetime.now(BEIJING).replace(microsecond=0))
    try:
        city = start_replay(options.pages, as_of, options.http_port, options.dns_port, options.out)
    except CityError as error:
        print(error, file=sys.stderr)
        return 1
    with city:
        print(
            f"回放已启动：网站端口 {city.http_port}，域名服务器 {city.dns_servers}，清单 {city.inventory}", flush=True
        )
        setting = f"-s DNS_SERVERS={city.dns_servers} -s RECHECK_DELAY=1"
        print(f"巡查：scrapy crawl gov_sites -a inventory={city.inventory} {setting}", flush=True)
        return wait(city)


if __name__ == "__main__":
    sys.exit(main())
