"""Reading `planted.yaml`: what is planted where, with addresses filled in for one city."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from .behaviours import ON_DNS
from .model import Article, CityModel, Column, Site, Unit

HERE = Path(__file__).parent


PARTS = (
    "stale", "fresh", "stale_home", "blank", "vetoes", "ipv6", "ipv6_good", "domains", "domains_good", "dead",
    "innocent", "hosts", "hosts_told", "ipv6_dropped", "intranet",
    "places", "names", "signed", "contradicted", "told", "texts", "accounts",
    "registered",
)  # fmt: skip


def read(source: str = "planted.yaml", city: str = "city.yaml") -> dict[str, list[Any]]:
    """The file `source` with every part it may have; ValueError for a part that is none.

    `at: "*/tzgg"` stands for the column of that id on every site of the file `city` that has it,
    `site: "*township"` for every department site whose unit is of that kind.
    """
    data: dict[str, list[Any]] = yaml.safe_load((HERE / source).read_text("utf-8"))
    if unknown := set(data) - set(PARTS):
        raise ValueError(f"{source}: unknown parts {sorted(unknown)}")
    raw = yaml.safe_load((HERE / city).read_text("utf-8"))
    sites = raw["sites"]
    units = {unit["id"]: unit["kind"] for unit in raw["units"]}
    return {part: [one for entry in data.get(part, []) for one in _each(entry, sites, units)] for part in PARTS}


def _each(entry: Any, sites: list[dict[str, Any]], units: dict[str, str]) -> Iterator[Any]:
    """The entry itself, or one for each site when it names several."""
    if isinstance(entry, dict) and str(entry.get("site", "")).startswith("*"):
        kind = entry["site"].removeprefix("*")
        for site in sites:
            if site.get("kind", "department") == "department" and units[site["unit"]] == kind:
                yield entry | {"site": site["id"]}
        return
    if not isinstance(entry, dict) or not str(entry.get("at", "")).startswith("*/"):
        yield entry
        return
    column = entry["at"].removeprefix("*/")
    for site in sites:
        if any(one["id"] == column for one in site["columns"]):
            yield entry | {"at": f"{site['id']}/{column}"}


def ages(raw: dict[str, list[Any]]) -> dict[str, str]:
    """Ages of columns' newest items that the file sets, by "site/column"."""
    return {e["at"]: e["newest"] for part in ("stale", "fresh") for e in raw[part] if "newest" in e}


@dataclass
class LinkPlant:
    """A link, dead or only looking so, with the place that holds it.

    `slot` is where on the page its markup goes: head, body, files, options, friends, footer, list; `url` the absolute
    address of the target as a browser would ask for it, `outcome` what the crawler should make of it.
    """

    site: Site
    place: str
    column: Column | None
    index: int
    how: str
    url: str
    raw: str
    text: str
    answer: str
    certainty: str
    outcome: str
    note: str
    base: str = ""
    trap: bool = False
    dead: bool = True
    reason: str = ""
    f: str = ""

    @property
    def unit(self) -> Unit:
        """Unit a finding goes to: of the column whose page holds the link, else of the site."""
        return self.column.unit if self.column else self.site.unit

    @property
    def host(self) -> str:
        """Host of the target, without port."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def path(self) -> str:
        """Path and query of the target."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def holder(self) -> tuple[str, str, int]:
        """Key of the page that holds it: kind, column id, article index."""
        return self.place, self.column.id if self.column else "", self.index

    @property
    def slot(self) -> str:
        """Part of the page its markup goes to."""
        fixed = {"css": "head", "script": "head", "base": "head", "option": "options", "file": "files", "text": "body"}
        if self.how in fixed:
            return fixed[self.how]
        if self.place == "footer":
            return "footer"
        return "friends" if self.place == "home" and self.how == "a" else "banners" if self.place == "home" else "body"

    @property
    def html(self) -> str:
        """The markup; the raw address is written as it stands, quotes and angle brackets escaped."""
        raw, text = escape(self.raw), escape(self.text)
        return _MARKUP[self.how].format(raw=raw, text=text, base=self.base)


_MARKUP = {
    "a": '<a href="{raw}" target="_blank">{text}</a>',
    "img": '<img src="{raw}" alt="{text}">',
    "script": '<script src="{raw}"></script>',
    "css": '<link rel="stylesheet" href="{raw}">',
    "iframe": '<iframe src="{raw}" width="100%" height="60" frameborder="0" scrolling="no"></iframe>',
    "srcset": '<img src="/images/photo/ywtu.svg" srcset="/images/photo/ywtu.svg 1x, {raw} 2x" alt="现场">',
    "style": '<div class="strip" style="background-image:url({raw})"></div>',
    "option": '<option value="{raw}">{text}</option>',
    "file": '<a href="{raw}">{text}</a>',
    "comment": '<!-- 旧版链接 <a href="{raw}">原栏目</a> -->',
    "template": '<template id="tpl"><a href="{raw}">模板</a></template>',
    "noscript": '<noscript><img src="{raw}" alt=""></noscript>',
    "onclick": '<a href="javascript:void(0)" onclick="window.open(\'{raw}\')">{text}</a>',
    "base": '<base href="{base}">',
    "hidden": '<div style="display:none"><a href="{raw}">{text}</a></div>',
    "text": "{text}",
    "item": "",
    "cssurl": ".navbar .shadow{{background:url({raw}) repeat-x}}",
}


def links(city: CityModel, raw: dict[str, list[Any]]) -> list[LinkPlant]:
    """All planted links, dead and innocent, in the order of the file."""
    found = [_link(city, entry, True) for entry in raw["dead"]]
    return found + [_link(city, entry, False) for entry in raw["innocent"]]


def _link(city: CityModel, entry: dict[str, Any], dead: bool) -> LinkPlant:
    site_id, place, *rest = entry["at"].split(":")
    site = city.site(site_id)
    column = site.column(rest[0]) if rest else None
    index = int(rest[1]) if len(rest) > 1 else 0
    how = entry.get("how", "item")
    article: Article | None = column.articles[index] if column and place in ("art", "item") else None
    url = _absolute(city, site, article, entry) if how != "text" else site.home
    certainty = entry.get("certainty", "confirmed")
    outcome = entry.get("outcome") or ("dead" if certainty == "confirmed" else "suspect")
    plant = LinkPlant(
        site,
        place,
        column,
        index,
        how,
        url,
        entry.get("raw", "").format(port=city.port),
        entry.get("text", ""),
        entry.get("answer", ""),
        certainty,
        outcome,
        entry.get("note") or entry["why"],
        entry.get("base", ""),
        bool(entry.get("trap")),
        dead,
        entry.get("reason", ""),
        entry.get("f", ""),
    )
    plant.raw = plant.raw or (plant.path if plant.host == site.host and plant.path else plant.url)
    if how == "item" and article is not None:
        article.alive = False
        plant.text = article.title
    if how == "text" and article is not None and column is not None:
        plant.url = city.url(column.host or site.host, article.path)
    return plant


def _absolute(city: CityModel, site: Site, article: Article | None, entry: dict[str, Any]) -> str:
    """Target with host and port."""
    if entry.get("how", "item") == "item" and article is not None:
        return city.url(article.column.host or site.host, article.path)
    to = str(entry["to"])
    if to == "resolve" and article is not None:
        return urljoin(city.url(site.host, article.path), str(entry["raw"]))
    if re.match(r"http://\d+\.", to):
        return to
    if to.startswith("http://"):
        host, _, path = to.removeprefix("http://").partition("/")
        return city.url(host, f"/{path}")
    if to.startswith("https://"):
        host, _, path = to.removeprefix("https://").partition("/")
        return f"https://{host}:{city.tls_ports.get('legacy' if 'legacy' in host else 'modern', 443)}/{path}"
    return city.url(site.host, to) if to.startswith("/") else to


def on_dns(plant: LinkPlant) -> bool:
    """True when the name server, not a web server, makes the behaviour."""
    return plant.answer in ON_DNS
