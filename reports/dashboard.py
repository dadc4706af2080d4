"""index.html: one self-contained page of a round, readable without script, without any request to a host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from crawler.inventory import Inventory
from reports import charts, figures
from reports.dashboard_findings import finding_view, shy_hosts
from reports.dashboard_parts import columns_view, coverage_view, ipv6_view, published_view, review_view
from reports.files import xml_text
from reports.numbers import Numbers, compute
from reports.problems import Names, problems, suspects
from reports.spans import span_of
from reports.trends import RoundPoint, point_of, trend_view
from reports.watching import availability_view
from rules.schema import Judgement, SiteVerdict

TEMPLATES = Path(__file__).with_name("templates")
_MOST_WATCHED = 8
_TONES = {"合格": "good", "不合格": "bad", "待人工复核": "wait"}
_TOC = (
    ("overview", "总览"),
    ("sites", "网站结论"),
    ("spread", "问题分布"),
    ("trend", "变化趋势"),
    ("review", "上期整改"),
    ("problems", "问题明细"),
    ("columns", "栏目更新"),
    ("availability", "首页可用性"),
    ("ipv6", "IPv6"),
    ("published", "信息发布"),
    ("coverage", "检查范围"),
)


def environment() -> Environment:
    """Jinja with escaping on; control characters that HTML forbids are dropped wherever text comes out."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: xml_text(value) if type(value) is str else value,
    )
    env.globals["line"] = _line
    return env


def _line(line: tuple[str, str]) -> Markup:
    """A text, linked when it comes with a web address."""
    text, url = line
    shown = escape(xml_text(text))
    if not url.lower().startswith(("http://", "https://")):
        return shown
    address = escape(xml_text(url))
    return Markup(f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{shown}</a>')


_page = environment().get_template("dashboard.html.j2")  # compiled on import: while others walk, not after them


def build_dashboard(
    judgement: Judgement, inventory: Inventory, before: Judgement | None = None, trend: Sequence[RoundPoint] = ()
) -> bytes:
    """The page as UTF-8; the same judgement gives the same bytes. `trend`: the rounds before, or those of a period."""
    view = dashboard_view(judgement, inventory, before, trend)
    assets = {name: Markup((TEMPLATES / f"dashboard.{name}").read_text(encoding="utf-8")) for name in ("css", "js")}
    return _page.render(**view, **assets).encode()


def dashboard_view(
    judgement: Judgement, inventory: Inventory, before: Judgement | None, trend: Sequence[RoundPoint]
) -> dict[str, Any]:
    """Everything the template prints."""
    names = Names(judgement, inventory)
    numbers = compute(judgement, inventory, before)
    s = numbers.sites
    parts = [("合格", s.passed, charts.GOOD), ("不合格", s.failed, charts.BAD), ("待人工复核", s.pending, charts.WAIT)]
    moment = figures.moment(judgement.as_of)
    view: dict[str, Any] = {
        "title": f"{inventory.city}政府网站巡查（{figures.period_name(judgement.round)}）",
        "moment": f"{figures.day_name(moment.date())} {moment:%H:%M}",
        "profile": str(judgement.extra.get("profile_title") or judgement.profile),
        "summary": _summary(numbers),
        "verdict_ring": charts.ring("网站结论", parts, figures.rate(s.passed, s.concluded) if s.concluded else "待定"),
        "rate_note": "合格率" + ("（以已形成结论的网站为基数）" if s.pending else ""),
        "watch": _watch(judgement, names, numbers),
        "verdict_parts": parts,
        "figures": _figures(numbers),
        "sites": [_site(site, judgement, names, numbers) for site in _by_gravity(judgement.sites)],
        "trend": trend_view([*trend, *([] if span_of(judgement) else [point_of(judgement)])]),
        "review": review_view(numbers.last),
        "columns": columns_view(judgement, names, numbers),
        "availability": availability_view(judgement),
        "ipv6": ipv6_view(judgement, numbers),
        "published": published_view(numbers, names),
        "coverage": coverage_view(judgement, names, numbers),
        "footer": f"{inventory.issuer}　{judgement.tool}　指标摘要 {judgement.rules_digest[:23]}",
    }
    view |= _spread(numbers, names) | _details(judgement, names, shy_hosts(judgement, inventory))
    view["toc"] = [(id_, name) for id_, name in _TOC if id_ not in view or view[id_] or id_ in ("sites", "coverage")]
    return view


def _summary(n: Numbers) -> str:
    s = n.sites
    text = f"共检查网站{s.checked}个，合格{s.passed}个、不合格{s.failed}个"
    text += f"、待人工复核{s.pending}个" if s.pending else ""
    text += f"；确认问题{len(n.problems)}个，涉及{len(n.by_unit)}个单位" if n.problems else "；未发现需整改的问题"
    return text + "。"


def _figures(n: Numbers) -> list[dict[str, str]]:
    v, c = n.ipv6, n.columns
    rows = [
        ("确认问题", f"{len(n.problems):,}", "个", f"涉及 {len(n.by_unit)} 个单位"),
        ("待核实", f"{n.suspected:,}", "条", "由人工判断，不写入通报"),
        ("检查链接", f"{n.links:,}", "条", f"读取页面 {n.pages:,} 个"),
        ("未能检查", f"{n.blocked + n.unchecked:,}", "个", f"被拦截 {n.blocked:,}，未检查 {n.unchecked:,}"),
    ]
    if c.due:
        rows.append(("栏目按期更新", figures.rate(c.normal, c.due).rstrip("%"), "%", f"{c.due} 个栏目中 {c.normal} 个"))
    if v.tested:
        rows.append(("域名IPv6支持率", figures.rate(v.supported, v.tested).rstrip("%"), "%", f"检测 {v.tested} 个网站"))
    return [dict(zip(("name", "value", "unit", "note"), row, strict=True)) for row in rows]


def veto_names(judgement: Judgement, site: SiteVerdict) -> str:
    """空白栏目（V4.3）: the vetoes of a site by category and clause."""
    found = {f.rule: f.category for f in judgement.findings if f.site == site.id and f.level == "veto"}
    return "、".join(f"{found[rule]}（{rule}）" if rule in found else rule for rule in dict.fromkeys(site.vetoes))


def _watch(judgement: Judgement, names: Names, n: Numbers) -> list[tuple[str, str, str]]:
    """Failed sites, sites that wait for a person, and units whose problems keep standing."""
    rows: list[tuple[str, str, str]] = []
    for site in _by_gravity(judgement.sites):
        if site.verdict != "合格":
            why = veto_names(judgement, site) or "；".join(site.notes)
            text = names.site(site.id) + (f"：{why}" if why else "")
            rows.append((_TONES[site.verdict], site.verdict, text))
    units = Counter(p.finding.unit for p in n.repeated)
    standing = [(names.unit(unit), count) for unit, count in sorted(units.items(), key=lambda kv: (-kv[1], kv[0]))]
    if standing:
        text = "、".join(f"{name} {count} 个" for name, count in standing[:5])
        rows.append(("wait", "屡次", text + (f"等 {len(standing)} 个单位" if len(standing) > 5 else "")))
    return rows[:_MOST_WATCHED]


def _by_gravity(sites: list[SiteVerdict]) -> list[SiteVerdict]:
    order = {"不合格": 0, "待人工复核": 1, "合格": 2}
    return sorted(sites, key=lambda s: order[s.verdict])


def _site(site: SiteVerdict, judgement: Judgement, names: Names, numbers: Numbers) -> dict[str, str]:
    mine = sum(p.finding.site == site.id for p in numbers.problems)
    why = [f"单项否决：{vetoes}"] if (vetoes := veto_names(judgement, site)) else []
    return {
        "name": names.site(site.id),
        "verdict": site.verdict,
        "tone": _TONES[site.verdict],
        "score": f"{site.score:g}" if site.score is not None else "",
        "problems": str(mine),
        "pages": f"{site.pages:,}",
        "why": "；".join([*why, *site.notes]),
    }


def _spread(n: Numbers, names: Names) -> dict[str, Any]:
    largest = max((count for _, count in n.by_category), default=0)
    most = max((count for _, count in n.by_unit), default=0)
    table: Counter[tuple[str, str]] = Counter((p.finding.unit, p.finding.category) for p in n.problems)
    peak = max(table.values(), default=1)
    heads = [name for name, _ in n.by_category]
    rows = []
    for unit, total in n.by_unit:
        counts = [table[unit, name] for name in heads]
        cells = [{"count": count, "depth": f"{0.12 + 0.43 * count / peak:.2f}"} for count in counts]
        rows.append({"name": names.unit(unit), "cells": cells, "total": total})
    return {
        "categories": [(name, count, charts.bar(count, largest)) for name, count in n.by_category],
        "units": [(names.unit(unit), unit, count, charts.bar(count, most)) for unit, count in n.by_unit[:15]],
        "heat": {"heads": heads, "rows": rows},
    }


def _details(judgement: Judgement, names: Names, shy: Collection[str]) -> dict[str, Any]:
    order = {unit: i for i, unit in enumerate(names.checked_units)}
    groups: dict[str, list[dict[str, Any]]] = {}
    views = [finding_view(p.finding, names, p.status, p.times, p.first_seen, shy) for p in problems(judgement)]
    views += [finding_view(f, names, f.status, f.times, f.first_seen, shy) for f in suspects(judgement)]
    for view in views:
        groups.setdefault(view["unit_id"], []).append(view)
    ordered = sorted(groups, key=lambda unit: order.get(unit, len(order)))
    return {
        "groups": [{"name": names.unit(unit), "findings": groups[unit]} for unit in ordered],
        "total": len(views),
        "choices": {
            "units": [(unit, names.unit(unit)) for unit in ordered],
            "categories": list(dict.fromkeys(sorted(view["category"] for view in views))),
            "statuses": [s for s in ("新增", "未整改", "反弹") if any(view["status"] == s for view in views)],
        },
    }
