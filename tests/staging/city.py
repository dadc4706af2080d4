"""The staging city put together: which host answers what, which name resolves to what, and the files that tell it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from . import behaviours, cms, directory, files, hosts, outside, plants, registers, truth, words
from .behaviours import not_found, note
from .model import CityModel, Column, Site, load
from .names import names_of, plant_fault
from .plants import LinkPlant
from .render import Painter
from .signing import Signer
from .web import Exchange, Response

ASSETS = Path(__file__).parent / "assets"
Route = Callable[[Exchange], Awaitable[Response | None]]


def plain(make: Callable[[], Response]) -> Route:
    """A route that makes its answer once and keeps it."""
    kept: list[Response] = []

    async def route(exchange: Exchange) -> Response:
        if not kept:
            kept.append(make())
        first = kept[0]
        return Response(first.status, first.body, first.content_type, list(first.headers), first.modified)

    return route


class StagingCity:
    """Everything that answers: web routes by host and target, and the names of the name server."""

    def __init__(
        self,
        as_of: datetime,
        port: int,
        source: str = "city.yaml",
        planted: str = "planted.yaml",
        tls_ports: dict[str, int] | None = None,
    ) -> None:
        self.raw = plants.read(planted, source)
        blank = {e["at"]: e["how"] for e in self.raw["blank"]}
        self.model: CityModel = load(as_of, port, plants.ages(self.raw), set(blank), source)
        self.model.tls_ports = tls_ports or {}
        self.model.places = {e["host"]: e["port"] for e in self.raw["places"]}
        self.links = plants.links(self.model, self.raw)
        self._network_plants()
        pinned = {e["at"]: e["pinned"] for e in self.raw["fresh"] if "pinned" in e}
        self.painter = Painter(self.model, self.links, blank, pinned)
        self._texts()
        self.routes: dict[str, dict[str, Route]] = {}
        self.prefixes: dict[str, dict[str, Route]] = {}
        self.dropped_v6 = {s.host for s in self.model.sites if s.ipv6 == "dropped"}
        self.html_paths: list[str] = []
        for site in self.model.sites:
            self._site(site)
        self._outside()
        for link in self.links:
            self._plant(link)
        for text in self.texts:
            if text.file is not None:
                self._add(text.host, text.file, partial(self._sheet, text.rows))
        portal = next((site.host for site in self.model.sites if site.kind == "portal"), "")
        for path, body in registers.feeds(self.model, self.raw).items():
            self._add(portal, path, partial(Response, 200, body, registers.FEED_TYPE))
        self.first: dict[str, hosts.Rule] = {}
        for entry in self.raw["hosts"]:
            self._host(entry["host"], entry["serves"])
        self.dropped_v6 |= set(self.raw["ipv6_dropped"])
        self.names = names_of(self.model, self.routes, self.links)
        for entry in self.raw["names"]:
            plant_fault(self.names, entry["name"], entry["fault"])
        zones = {e["zone"]: e["state"] for e in self.raw["signed"] if e["state"] != "unsigned"}
        self.signer = Signer(self.names, zones) if zones else None
        self.contradicted = {e["host"] for e in self.raw["contradicted"]}
        self.names.sign = self.signer.sign if self.signer else None

    # -- what is planted on the network -------------------------------------------------------------------------

    def _network_plants(self) -> None:
        for entry in self.raw["ipv6"]:
            self.model.site(entry["site"]).ipv6 = entry["fault"]
        for part in ("domains", "domains_good"):
            for entry in self.raw[part]:
                if "alias" in entry:
                    self.model.site(entry["site"]).aliases[entry["alias"]] = entry["serves"]

    # -- what is planted in words -------------------------------------------------------------------------------

    def _texts(self) -> None:
        """Planted words take the place of an article's own, under a title of their own where one is given."""
        self.texts = words.texts(self.model, self.raw)
        for text in self.texts:
            if text.article is None:
                key = (text.site.id, "col", text.column.id, 0)
            else:
                text.article.title = text.title or text.article.title
                if not text.entry.get("see", True):
                    text.article.see_also = None
                self.painter.instead.add((text.site.id, text.column.id, text.article.index))
                key = (text.site.id, "art", text.column.id, text.article.index)
            self.painter.slots.setdefault(key, {}).setdefault("body", []).append(text.html)

    def _sheet(self, rows: list[list[str]]) -> Response:
        return Response(200, words.workbook(rows), files.TYPES["xlsx"])

    # -- web routes ---------------------------------------------------------------------------------------------

    def _add(self, host: str, target: str, make: Callable[[], Response]) -> None:
        self.routes.setdefault(host, {})[target] = plain(make)

    def _page(
        self, site: Site, host: str, target: str, draw: Callable[[], bytes], modified: datetime | None = None
    ) -> None:
        kind = f"text/html; charset={cms.STYLES[site.style].charset}"
        headers = [("Set-Cookie", "ylsession=5d2f1c; Path=/")] if site.id in ("portal", "lab") else []
        self.html_paths.append(f"http://{host}{target}")
        if host != site.host:
            own, inner = draw, rb'(href|action)="/(?!css/|tzys/)'
            draw = lambda: re.sub(inner, rb'\1="%s' % site.home.encode(), own())  # noqa: E731
        self._add(host, target, lambda: Response(200, draw(), kind, list(headers), modified))

    def _site(self, site: Site) -> None:
        self._page(site, site.host, "/", lambda: self.painter.home(site))
        self._page(site, site.host, "/wzdt.html", lambda: self.painter.sitemap(site))
        for target, title, body in (
            ("/about.html", "关于我们", f"<p>本网站由{site.unit.name}主办，欢迎提出意见建议。</p>"),
            ("/search.html", "站内搜索", "<p>请输入关键字后点击搜索。</p>"),
            ("/zwgk/ysqgk/submit", "依申请公开提交结果", "<p>请先填写申请表。</p>"),
            (
                "/login.html",
                "统一身份认证",
                '<form method="post"><input name="user"><input type="password" name="pw"></form>',
            ),
        ):
            self._page(site, site.host, target, partial(self.painter.extra, site, title, body, target))
        for section in site.sections:
            self._page(site, site.host, section["path"], partial(self.painter.section, site, section))
        for column in site.columns:
            if column.kind != "outside":
                self._column(site, column)
        self._assets(site, site.host)

    def _column(self, site: Site, column: Column) -> None:
        host = column.host or site.host
        style = cms.STYLES[site.style]
        if column.kind == "redirect":
            self._add(host, column.path, lambda: Response(302, headers=[("Location", site.column(column.to).url)]))
            return
        if column.frame:
            self._page(site, host, column.frame_path, lambda: self.painter.framed(column))
        for page in range(cms.pages_of(column)):
            target = column.path if page == 0 else style.list_path(column, page)
            self._page(site, host, target, partial(self.painter.column, column, page))
            if site.style == "trs" and page == 0 and column.kind == "list":
                self._page(site, host, f"{target}index.html", lambda: self.painter.column(column, 0))
        if site.style == "hanweb":
            number = 1221 + column.number * 7
            target = f"/module/web/jpage/dataproxy.jsp?page=1&webid=1&columnid={number}&unitid={number + 40}"
            self._add(host, target, lambda: Response(200, self.painter.records(column), files.TYPES["xml"]))
        for article in column.articles:
            if article.alive:
                self._page(site, host, article.path, partial(self.painter.article, article), article.published)
            for _, path in article.files:
                self._add(host, path, partial(self._file, path))
        if column.host:
            self._assets(site, column.host)
            self._page(site, column.host, "/", lambda: self.painter.column(column, 0))

    def _file(self, path: str) -> Response:
        kind = files.kind_of(path)
        if kind == "png":
            return Response(200, files.png(160, 60, (58, 120, 190), (190, 220, 245)), files.TYPES["png"])
        return Response(200, files.document(kind), files.TYPES.get(kind, "application/octet-stream"))

    def _assets(self, site: Site, host: str) -> None:
        for asset in sorted(ASSETS.iterdir()):
            folder = "css" if asset.suffix == ".css" else "js"
            self._add(host, f"/{folder}/{asset.name}", partial(self._asset, site, host, asset))
        colour = {"red": "#c3272b", "green": "#2a7d52", "teal": "#0f7c8a"}.get(site.theme, "#1a5fb4")
        self._add(host, "/images/logo.svg", lambda: Response(200, files.seal(colour), files.TYPES["svg"]))
        self._add(
            host,
            "/images/top.png",
            lambda: Response(200, files.png(100, 120, (20, 90, 160), (70, 150, 210)), files.TYPES["png"]),
        )
        robots = b"User-agent: *\nDisallow: /private/\nDisallow: /admin/\n"
        self._add(host, "/robots.txt", lambda: Response(200, robots, files.TYPES["txt"]))

        async def photo(exchange: Exchange) -> Response:
            name = exchange.request.path.rsplit("/", 1)[-1].removesuffix(".svg")
            return Response(200, files.landscape(f"{site.id}/{name}"), files.TYPES["svg"])

        self.prefixes.setdefault(host, {})["/images/photo/"] = photo

    def _asset(self, site: Site, host: str, asset: Path) -> Response:
        body = asset.read_bytes()
        if asset.name == "gov.css" and host == site.host:
            for plant in self.links:
                if plant.how == "cssurl" and plant.site is site:
                    body += plant.html.encode() + b"\n"
        return Response(200, body, files.TYPES[asset.suffix.lstrip(".")])

    def _outside(self) -> None:
        for entry in self.model.outside:
            for path, response in outside.pages(entry):
                self._add(entry["host"], path, partial(_same, response))

    def _plant(self, link: LinkPlant) -> None:
        if not link.answer or plants.on_dns(link) or link.answer in ("site", "none") or link.how in ("text", "none"):
            return
        site = next((s for s in self.model.sites if s.host == link.host), None)
        if site is None:
            title = link.text or link.host

            def page(name: str, body: str) -> Response:
                return note(name, body)

            def good() -> Response:
                if files.kind_of(link.path) in files.TYPES:
                    return self._file(link.path)
                return note(title, f"<p>{title}（演示）</p>")
        else:
            own = self._extra(site, link)

            def page(name: str, body: str) -> Response:
                return own(name, body)

            def good() -> Response:
                if files.kind_of(link.path) in ("pdf", "doc", "xls", "docx", "xlsx", "zip", "png"):
                    return self._file(link.path)
                return own(link.text or "有关材料", "<p>有关材料内容。</p>")

        route = behaviours.make(link.answer, link.path, good, page)
        self.routes.setdefault(link.host, {})[link.path] = route
        prefix = behaviours.PREFIXES.get(link.answer)
        if prefix:
            self.prefixes.setdefault(link.host, {})[prefix] = route

    def _host(self, host: str, serves: str) -> None:
        self.routes.setdefault(host, {})
        if serves in hosts.FIRST:
            self.first[host] = hosts.FIRST[serves]
        else:
            self.prefixes.setdefault(host, {})["/"] = hosts.LAST[serves]

    def _extra(self, site: Site, link: LinkPlant) -> Callable[[str, str], Response]:
        kind = f"text/html; charset={cms.STYLES[site.style].charset}"
        return lambda title, body: Response(200, self.painter.extra(site, title, body, link.path), kind)

    # -- answering ----------------------------------------------------------------------------------------------

    async def __call__(self, exchange: Exchange) -> Response | None:
        """Answer one request by its Host, also under `<host>.localhost` for a person's browser."""
        request = exchange.request
        local = request.host.endswith(".localhost")
        request.host = request.host.removesuffix(".localhost")
        if request.host in ("127.0.0.1", "localhost", "::1", ""):
            return directory.page(self.model, request.path)
        if request.v6 and request.host in self.dropped_v6:
            exchange.drop()
            return None
        response = await self._route(exchange, request.host)
        return directory.localise(response, self.model.port) if local and response else response

    async def _route(self, exchange: Exchange, host: str) -> Response | None:
        request = exchange.request
        for site in self.model.sites:
            if host in site.aliases:
                serves = site.aliases[host]
                if serves != "same":
                    to = self.model.url("www.gov.cn" if serves == "elsewhere" else site.host, request.target)
                    return Response(302 if serves == "temporary" else 301, headers=[("Location", to)])
                host = site.host
        table = self.routes.get(host)
        if table is None:
            return note("421 Misdirected Request", status=421)
        if request.host in self.first and (refused := await self.first[request.host](exchange)):
            return refused
        path = re.sub(r"%[0-9a-f]{2}", lambda m: m[0].upper(), request.path)
        target = f"{path}?{request.query}" if request.query else path
        route = table.get(target) or table.get(path)
        if route is None:
            found = [r for prefix, r in self.prefixes.get(host, {}).items() if path.startswith(prefix)]
            if found:
                route = found[0]
            elif f"{path}/" in table:
                return Response(301, headers=[("Location", f"{path}/")])
        return await route(exchange) if route else not_found()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write inventory.yaml and truth.yaml into `folder`; the paths of both."""
        folder.mkdir(parents=True, exist_ok=True)
        inventory, told = folder / "inventory.yaml", folder / "truth.yaml"
        _dump(inventory, truth.inventory_of(self.model, self.raw))
        known = truth.truth_of(self.model, self.raw, self.links)
        if self.signer is not None:
            states = {e["host"]: e["state"] for e in self.raw["signed"] if "host" in e}
            known["dnssec"] = {"anchor": self.signer.ds(""), "states": states}
        _dump(told, known)
        return inventory, told


def _same(response: Response) -> Response:
    return response


def _dump(path: Path, data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=160, default_flow_style=None)
    path.write_text(text, "utf-8")
