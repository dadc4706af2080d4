"""Drawing the city's pages from templates: the same page in the dress of its site's content system."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import jinja2

from . import cms, prose
from .clock import back
from .model import Article, CityModel, Column, Site
from .plants import LinkPlant

HERE = Path(__file__).parent
COLUMN_TYPES = {
    "动态要闻": "工作动态",
    "政策文件": "政策文件",
    "政策解读": "政策解读",
    "概况信息": "概况信息",
    "机构职能": "机构职能",
    "领导信息": "负责人信息",
    "信息公开指南": "信息公开指南",
    "信息公开年报": "信息公开年报",
    "依申请公开": "依申请公开",
    "统计信息": "数据发布",
    "咨询建言": "咨询投诉",
    "调查征集": "征集调查",
    "在线访谈": "在线访谈",
    "办事服务": "办事服务",
}
_WEEK = "一二三四五六日"
_LEADERS = ["李××", "王××", "张××", "杨××", "赵××", "段××"]


@cache
def environment() -> jinja2.Environment:
    """Templates with the few helpers they use."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    env.globals.update(zip=zip, prose=prose, leaders=_LEADERS, column_tags=column_tags)
    env.filters["day"] = lambda a, form="%Y-%m-%d": a.published.strftime(form)
    env.filters["cn"] = lambda a: f"{a.published.year}年{a.published.month}月{a.published.day}日"
    return env


class Painter:
    """Draws every page of one city; `plants` are put where they belong."""

    def __init__(self, city: CityModel, plants: list[LinkPlant], blank: dict[str, str], pinned: dict[str, int]) -> None:
        self.city, self.blank, self.pinned = city, blank, pinned
        self.instead: set[tuple[str, str, int]] = set()  # articles that have planted words and no others
        self.slots: dict[tuple[str, str, str, int], dict[str, list[str]]] = {}
        for plant in plants:
            if plant.how not in ("item", "none"):
                slots = self.slots.setdefault((plant.site.id, *plant.holder), {})
                slots.setdefault(plant.slot, []).append(plant.html)
                if plant.how == "base":
                    anchor = f'<a href="{plant.raw}">{plant.text}</a>'
                    slots.setdefault("body", []).append(anchor)

    def _slots(self, site: Site, place: str, column: str = "", index: int = 0) -> dict[str, list[str]]:
        own = dict(self.slots.get((site.id, place, column, index), {}))
        own.update(self.slots.get((site.id, "footer", "", 0), {}))
        return own

    def _draw(self, site: Site, template: str, slots: dict[str, list[str]], **context: Any) -> bytes:
        style = cms.STYLES[site.style]
        folder = "portal" if site.sections else style.layout
        text = (
            environment()
            .get_template(f"{folder}/{template}.html")
            .render(
                site=site,
                city=self.city,
                style=style.name,
                charset=style.charset,
                foot=footer(site),
                slots=slots,
                today=self._today(),
                **context,
            )
        )
        return text.encode(style.charset, "xmlcharrefreplace")

    def _today(self) -> str:
        day = self.city.today
        return f"{day.year}年{day.month}月{day.day}日 星期{_WEEK[day.weekday()]}"

    def home(self, site: Site) -> bytes:
        """Home page, with the newest items of the columns that stand on it."""
        lists = [(c, [a for a in c.articles if a.index < c.home]) for c in site.columns if c.home]
        by_id = {c.id: items for c, items in lists}
        return self._draw(
            site, "home", self._slots(site, "home"), lists=lists, lists_by=by_id, column=None, article=None
        )

    def column(self, column: Column, page: int) -> bytes:
        """One list page of a column, or the page that a column without a list is."""
        key = f"{column.site.id}/{column.id}"
        pin = self.pinned.get(key, 0)
        shown = column.articles[len(column.articles) - pin :] + column.articles[: len(column.articles) - pin]
        start = page * cms.PER_PAGE
        style = cms.STYLES[column.site.style]
        pages = cms.pages_of(column)
        sections = [x["columns"] for x in column.site.sections if column in x["columns"]]
        context = {
            "items": shown[start : start + cms.PER_PAGE],
            "page": page,
            "pages": pages,
            "total": len(column.articles),
            "paths": [style.list_path(column, p) for p in range(pages)],
            "how": self.blank.get(key),
            "per_page": cms.PER_PAGE,
            "number": 1221 + column.number * 7,
            "all_items": shown,
            "pin": pin if page == 0 else 0,
            "side": sections[0] if sections else column.site.columns,
        }
        template = "list" if column.kind in ("list", "blank") else "page"
        slots = self._slots(column.site, "col" if page == 0 else "", column.id)
        return self._draw(column.site, template, slots, column=column, article=None, **context)

    def framed(self, column: Column) -> bytes:
        """The list of a column as a document of its own, for the iframe on the column's page."""
        rows = "".join(
            f'<li><a href="{a.path}" target="_parent">{escape(a.title)}</a><span>{a.published:%Y-%m-%d}</span></li>'
            for a in column.articles
        )
        head = f'<meta charset="{cms.STYLES[column.site.style].charset}"><title>{column.name}</title>'
        text = f'<!DOCTYPE html><html><head>{head}</head><body><ul class="list">{rows}</ul></body></html>'
        return text.encode(cms.STYLES[column.site.style].charset)

    def records(self, column: Column) -> bytes:
        """All items of a 大汉 column as its dataproxy.jsp gives them: XML with a CDATA record for each."""
        records = "".join(
            f'<record><![CDATA[<li><a target="_blank" href="{a.path}" title="{escape(a.title)}">{escape(a.title)}</a>'
            f'<span class="bt-data-time">{a.published:%Y-%m-%d}</span></li>]]></record>\n'
            for a in column.articles
        )
        total = len(column.articles)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<datastore><totalrecord>{total}</totalrecord>'
            f"<totalpage>{cms.pages_of(column)}</totalpage><recordset>{records}</recordset></datastore>"
        ).encode()

    def section(self, site: Site, section: dict[str, Any]) -> bytes:
        """A channel page of the portal: its columns with their newest items."""
        return self._draw(site, "section", self._slots(site, "section"), section=section, column=None, article=None)

    def article(self, article: Article) -> bytes:
        """An article page."""
        column = article.column
        around = [a for a in column.articles if a.alive]
        at = around.index(article)
        context = {
            "text": [] if (column.site.id, column.id, article.index) in self.instead else prose.paragraphs(article),
            "newer": around[at - 1] if at else None,
            "generated": self._generated(article),
            "older": around[at + 1] if at + 1 < len(around) else None,
            "document": document_number(article),
            "picture": column.type == "动态要闻" and article.index % 2 == 0,
        }
        slots = self._slots(column.site, "art", column.id, article.index)
        return self._draw(column.site, "article", slots, column=column, article=article, **context)

    def _generated(self, article: Article) -> str:
        """Time the page was made anew, which 开普 sites write into PubDate: after publication, before as-of."""
        day = min(back(self.city.today, "1d"), article.published.date() + timedelta(days=97))
        return f"{max(day, article.published.date()):%Y-%m-%d} {article.published:%H:%M}:00"

    def extra(self, site: Site, title: str, body: str, path: str) -> bytes:
        """A page outside the columns' lists, drawn as an article of the site's first column."""
        column = next(c for c in site.columns if c.kind == "list")
        article = Article(column, 0, 0, title, column.articles[-1].published, path)
        return self._draw(
            site,
            "article",
            self._slots(site, ""),
            column=column,
            article=article,
            text=[],
            html=body,
            generated=self._generated(article),
            newer=None,
            older=None,
            document="",
            picture=False,
        )

    def sitemap(self, site: Site) -> bytes:
        """网站地图."""
        links = "".join(f'<p><a href="{c.url if c.host else c.path}">{c.name}</a></p>' for c in site.columns)
        return self.extra(site, f"{site.name}网站地图", links, "/wzdt.html")


def document_number(article: Article) -> str:
    """文号 of a paper, empty for other types."""
    if article.column.type != "政策文件":
        return ""
    return f"云政{'办' if article.index % 2 else ''}发〔{article.published.year}〕{40 - article.index}号"


def footer(site: Site) -> dict[str, str]:
    """The six items of the footer and the 找错 entry, consistent with the inventory."""
    serial = int(hashlib.md5(site.id.encode()).hexdigest()[:6], 16)
    icp = f"滇ICP备2022{serial % 10**6:06d}号-1"
    police = f"5329010200{serial % 10000:04d}"
    city = site.city
    return {
        "code": site.code,
        "icp": icp,
        "icp_url": city.url("beian.miit.gov.cn", "/"),
        "police": f"滇公网安备{police}号",
        "police_url": city.url("beian.mps.gov.cn", f"/#/query/webSearch?code={police}"),
        "conac_url": city.url("bszs.conac.cn", "/sitename")
        + f"?method=show&id={hashlib.md5(site.host.encode()).hexdigest().upper()}",
        "conac_img": city.url("dcs.conac.cn", f"/image/{site.mark}.png"),
        "sponsor": site.unit.name,
        "jiucuo": city.url("zfwzgl.www.gov.cn", "/exposure/jiucuo.html") + f"?site_code={site.code}&url={site.home}",
        "phone": f"0872-2{serial % 10**6:06d}",
        "address": f"云岭市金鸡路{serial % 90 + 10}号",
        "mail": f"{site.id}@{site.host.removeprefix('www.')}",
        "undertaker": "云岭市政务信息中心",
    }


def column_tags(column: Column) -> dict[str, str]:
    """栏目标签 of 国办发〔2017〕47号."""
    return {
        "ColumnName": column.name,
        "ColumnDescription": f"发布{column.site.name}{column.name}方面的信息",
        "ColumnKeywords": f"{column.name},{column.unit.name}",
        "ColumnType": COLUMN_TYPES.get(column.type, "信息公开目录"),
    }
