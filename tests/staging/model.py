"""The staging city as data: units, sites, columns and articles, read from `city.yaml` and dated back from as-of."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from . import cms, prose
from .clock import BEIJING, back, beijing

HERE = Path(__file__).parent
TLS_PLACES = ("modern", "legacy")
# Days between two items of a column, by type: news daily, papers monthly.
_GAPS = {"动态要闻": (1, 5), "通知公告": (3, 24), "政策文件": (9, 45), "政策解读": (9, 45), "规划计划": (40, 120)}


@dataclass
class Unit:
    """单位 of the city, with the subjects its articles are about."""

    id: str
    name: str
    kind: str
    topics: list[str]


@dataclass
class Article:
    """One published page; `index` 0 is the newest of its column. `alive` is False for a page that was taken away."""

    column: Column
    index: int
    number: int
    title: str
    published: datetime
    path: str = ""
    alive: bool = True
    files: list[tuple[str, str]] = field(default_factory=list)
    see_also: Article | None = None


@dataclass
class Column:
    """栏目; `path` is its list page's address on the site's host (or on `host`, when it stands elsewhere).

    `to`: id of the column a redirect leads to; `frame`: the list stands in an iframe; `dates`: where its articles'
    dates are written, list, article, both or none.
    """

    site: Site
    id: str
    name: str
    type: str
    unit: Unit
    number: int
    kind: str = "list"
    host: str = ""
    path: str = ""
    slug: str = ""
    top: bool = False
    days: int | None = None
    home: int = 0
    newest: str = ""
    to: str = ""
    frame: bool = False
    dates: str = "both"
    children: list[Column] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)

    @property
    def frame_path(self) -> str:
        """Address of the list in the iframe."""
        return f"/frames/{self.id}.html"

    @property
    def url(self) -> str:
        """Absolute address of the list page."""
        return self.site.city.url(self.host or self.site.host, self.path)


@dataclass
class Site:
    """站点 with its content system (`style`) and what is planted on its network side."""

    city: CityModel
    id: str
    name: str
    kind: str
    unit: Unit
    host: str
    code: str
    style: str
    theme: str
    mark: str = "red"
    ipv6: str = "yes"
    zone: str = ""
    columns: list[Column] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    ignore: list[str] = field(default_factory=list)
    own_hosts: list[str] = field(default_factory=list)
    closes: bool = False

    @property
    def home(self) -> str:
        """Absolute address of the home page."""
        return self.city.url(self.host, "/")

    def column(self, column_id: str) -> Column:
        """The column of that id."""
        return next(c for c in self.columns if c.id == column_id)


@dataclass
class CityModel:
    """The whole city at one moment; everything in it follows from `as_of` and the ports alone.

    `tls_ports`: further ports by name; `places`: hosts that are served on one of them instead of `port`.
    """

    name: str
    as_of: datetime
    port: int
    tls_ports: dict[str, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    outside: list[dict[str, Any]] = field(default_factory=list)
    head: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the monitoring time, in Beijing."""
        return self.as_of.date()

    def url(self, host: str, path: str) -> str:
        """Absolute address of a path on a host of the city."""
        place = self.places.get(host, "")
        scheme = "https" if place in TLS_PLACES else "http"
        return f"{scheme}://{host}:{self.tls_ports[place] if place else self.port}{path}"

    def site(self, site_id: str) -> Site:
        """The site of that id."""
        return next(s for s in self.sites if s.id == site_id)


def load(
    as_of: datetime,
    port: int,
    ages: dict[str, str] | None = None,
    blank: set[str] | None = None,
    source: str = "city.yaml",
) -> CityModel:
    """The city of the file `source`, with columns' `ages` ("site/column" -> age of its newest) and `blank` ones."""
    raw = yaml.safe_load((HERE / source).read_text("utf-8"))
    city = CityModel(raw["city"], beijing(as_of), port, outside=raw["outside"])
    city.head = {k: raw[k] for k in ("city", "region_code", "issuer", "bulletin")}
    city.units = {u["id"]: Unit(**u) for u in raw["units"]}
    for spec in raw["sites"]:
        city.sites.append(_site(city, spec, ages or {}, blank or set()))
    return city


def _site(city: CityModel, spec: dict[str, Any], ages: dict[str, str], blank: set[str]) -> Site:
    names = ("id", "name", "host", "code", "style", "theme")
    site = Site(city, unit=city.units[spec["unit"]], kind=spec.get("kind", "department"), **{k: spec[k] for k in names})
    site.mark, site.own_hosts = spec.get("mark", "red"), spec.get("own_hosts", [])
    site.closes = spec.get("closes", False)
    for number, column in enumerate(spec["columns"]):
        key = f"{site.id}/{column['id']}"
        site.columns.append(_column(site, column, number, spec["n"], ages.get(key), key in blank))
    for column, raw in zip(site.columns, spec["columns"], strict=True):
        column.children = [site.column(c) for c in raw.get("children", [])]
    site.sections = [dict(s, columns=[site.column(c) for c in s["columns"]]) for s in spec.get("sections", [])]
    _relate(site)
    return site


def _column(site: Site, spec: dict[str, Any], number: int, n: int, age: str | None, blank: bool) -> Column:
    unit = site.city.units[spec.get("unit", site.unit.id)]
    column = Column(site, spec["id"], spec["name"], spec["type"], unit, number, slug=spec["path"])
    for key in ("kind", "host", "top", "days", "home", "to", "frame", "dates"):
        setattr(column, key, spec.get(key, getattr(column, key)))
    style = cms.STYLES[site.style]
    column.path = column.slug if column.host else style.list_path(column, 0)
    column.newest = age or spec.get("newest", "3d")
    if column.kind == "list" and not blank:
        _write(column, spec.get("n", n), style)
    elif column.kind == "list":
        column.kind = "blank"
    return column


def _write(column: Column, count: int, style: cms.Style) -> None:
    """Fill a column with `count` articles, newest first, from its newest day back over two years."""
    rng = random.Random(f"{column.site.id}/{column.id}")
    low, high = _GAPS.get(column.type, (5, 40))
    today = column.site.city.today
    day = back(today, column.newest)
    floor = min(day, back(today, "2y"))
    for index in range(count):
        moment = _moment(day, column.site.city.as_of, rng)
        number = 1_000_000 + (column.number + 1) * 1000 + count - index
        article = Article(column, index, number, prose.title(column, index, day), moment)
        article.path = style.article_path(column, article)
        article.files = _files(article, style)
        column.articles.append(article)
        day = max(day - timedelta(days=rng.randint(low, high)), floor)


def _moment(day: date, as_of: datetime, rng: random.Random) -> datetime:
    """A minute of office hours on that day that is not after the monitoring time."""
    moment = datetime.combine(day, time(rng.randint(8, 17), rng.randint(0, 59)), BEIJING)
    if moment > as_of:
        return max(as_of - timedelta(minutes=10), datetime.combine(day, time(), BEIJING)).replace(
            second=0, microsecond=0
        )
    return moment


def _files(article: Article, style: cms.Style) -> list[tuple[str, str]]:
    """Attachments of notices and papers: name and path."""
    column = article.column
    if column.type not in ("通知公告", "政策文件", "财政资金", "统计信息") or article.index % 3 != 1:
        return []
    kind = ("pdf", "doc", "xls", "docx", "xlsx", "zip")[(article.index + column.number) % 6]
    name = f"附件{1}：{prose.short(article.title)}.{kind}"
    return [(name, style.file_path(column, article, kind))]


def _relate(site: Site) -> None:
    """Interpretations point at the paper they explain and the paper back at them."""
    papers = [c for c in site.columns if c.type == "政策文件" and c.articles and not c.host]
    for column in site.columns:
        if column.type == "政策解读" and papers:
            paper = papers[0] if column.id != "tjjd" else papers[-1]
            for reading, text in zip(column.articles, paper.articles, strict=False):
                reading.see_also, text.see_also = text, reading
                reading.title = f"《{prose.short(text.title)}》{'一图读懂' if column.id == 'tjjd' else '政策解读'}"
