"""《政府网站工作年度报表》（国办函〔2018〕12号）, pre-filled: every line of the form, in its order, for every site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.inventory import Site
from reports.problems import Names, rows_of
from reports.publications import forms
from reports.sheets import Cell, Sheet
from reports.stored import Stored

COUNTED, MANUAL = "系统统计", "需人工填报"
_KINDS = {"portal": "政府门户网站", "department": "部门网站"}
_BOTH = re.compile("微博|微信")
_SHOWN = {"site_code": "首页标明", "icp": "首页标明", "police": "首页标明"}


@dataclass(frozen=True)
class _SiteYear:
    """What is known of one site's year."""

    stored: Stored
    site: Site
    names: Names
    published: Mapping[str, Any]  # total, by_type of this site
    results: int
    until: str

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [r for r in rows_of(self.stored.judgement.extra, "columns") if r.get("site") == self.site.id]

    def has(self, kinds: list[str]) -> bool:
        """True when a column of one of these types was read."""
        return any(r.get("type") in kinds and r.get("state") != "无法访问" for r in self.columns)


def annual_sheet(stored: Stored) -> Sheet:
    """The form as one table; a cell that the system cannot count is blank, not 0."""
    rows: list[tuple[Cell, ...]] = []
    for site in stored.inventory.sites:
        year = _year_of(stored, site)
        for line in forms()["annual_report"]:
            value, note = _value(line, year)
            filled = value != ""
            note = note if filled else str(line.get("hint") or "")
            rows.append((site.name, line["part"], line["field"], value, COUNTED if filled else MANUAL, note))
    heads = (("网站", 30), ("部分", 20), ("项目", 42), ("数值", 34), ("填报方式", 14), ("统计口径和填报说明", 60))
    return Sheet("工作年度报表", heads, rows)


def _year_of(stored: Stored, site: Site) -> _SiteYear:
    published = stored.judgement.extra.get("published")
    raw: Mapping[str, Any] = published if isinstance(published, dict) else {}
    mine = (raw.get("by_site") or {}).get(site.id) or {}
    until = str((raw.get("until") or {}).get(site.id) or raw.get("to") or "")
    results = int((raw.get("results") or {}).get(site.id) or 0)
    return _SiteYear(stored, site, Names(stored.judgement, stored.inventory), mine, results, until)


def _value(line: Mapping[str, Any], year: _SiteYear) -> tuple[Cell, str]:
    """The value of a line, "" when a person must fill it in, and how it was counted."""
    count = line.get("count")
    types = list(line.get("types") or ())
    if count in ("name", "url", "sponsor", "kind"):
        site = year.site
        told = {"name": site.name, "url": site.url, "sponsor": year.names.unit(site.unit), "kind": _KINDS[site.kind]}
        return told[count], "巡查清单"
    if count in _SHOWN:
        return _shown(count, year)
    if count == "published":
        return _published(types, year)
    if count in ("surveys", "survey_results", "issues"):
        return _issues(count, types, year)
    if count in ("topics", "new_topics"):
        return _topics(count == "new_topics", year)
    if count == "services":
        return ("是", "已读到办事服务类栏目") if year.has(["办事服务"]) else ("", "")
    return _media(line, year) if count else ("", "")


def _shown(key: str, year: _SiteYear) -> tuple[Cell, str]:
    identity = year.stored.judgement.extra.get("identity")
    shown = (identity.get(year.site.id) or {}).get(key) if isinstance(identity, dict) else None
    if key == "site_code" and year.site.site_code:
        differs = bool(shown) and shown != year.site.site_code
        return year.site.site_code, f"巡查清单；首页标明的是{shown}，请核对" if differs else "巡查清单"
    return (str(shown), _SHOWN[key]) if shown else ("", "")


def _published(types: list[str], year: _SiteYear) -> tuple[Cell, str]:
    """Items of the year; blank for a site of which nothing was read."""
    if not year.published.get("total"):
        return "", ""
    told = _span(year)
    by_type = year.published.get("by_type") or {}
    if not types:
        return int(year.published["total"]), told
    return sum(int(by_type.get(kind, 0)) for kind in types), f"栏目类型：{'、'.join(types)}；{told}"


def _span(year: _SiteYear) -> str:
    whole = year.until.endswith("-12-31")
    text = f"{year.until[:4]}年1月1日至{int(year.until[5:7])}月{int(year.until[8:])}日发布、巡查时仍可读到的"
    return text + ("，一文多处只计一条" if whole else "，一文多处只计一条；不足全年，请补充")


def _issues(count: str, types: list[str], year: _SiteYear) -> tuple[Cell, str]:
    if not year.has(types) or not year.until:
        return "", ""
    shown = sum(int((year.published.get("by_type") or {}).get(kind, 0)) for kind in types)
    results = year.results if count != "issues" else 0
    value = results if count == "survey_results" else shown - results
    words = "，按标题区分征集与结果" if count != "issues" else ""
    return value, f"栏目类型：{'、'.join(types)}{words}；{_span(year)}"


def _topics(new: bool, year: _SiteYear) -> tuple[Cell, str]:
    mine = {str(r.get("url")) for r in year.columns if r.get("type") == "专题"}
    if not new:
        return (len(mine), "巡查到的专题类栏目") if year.columns else ("", "")
    if (before := year.stored.previous) is None or before.round[:4] >= year.stored.judgement.round[:4]:
        return "", ""
    rows = [r for r in rows_of(before.extra, "columns") if r.get("site") == year.site.id]
    old = {str(r.get("url")) for r in rows if r.get("type") == "专题"}
    return (len(mine - old), f"与{before.round[:4]}年度比较") if rows else ("", "")


def _media(line: Mapping[str, Any], year: _SiteYear) -> tuple[Cell, str]:
    mine = [a for a in year.stored.inventory.media_accounts if a.unit == year.site.unit]
    if line["count"] == "media":
        return ("是", "巡查清单中的账号") if mine else ("", "")
    wanted = str(line.get("platform") or "")
    named = [a for a in mine if (wanted in a.platform if wanted else not _BOTH.search(a.platform))]
    text = "、".join(a.name if wanted else f"{a.platform}“{a.name}”" for a in named)
    return (text, "巡查清单中的账号") if text else ("", "")
