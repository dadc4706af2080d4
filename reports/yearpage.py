"""年度看板.html: the year's rounds, publications and work as one self-contained page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from markupsafe import Markup

from reports import charts, figures
from reports.dashboard import TEMPLATES, environment
from reports.numbers import compute, count_published
from reports.problems import Names
from reports.publications import classified, column_rows, forms
from reports.stored import Stored
from reports.trends import point_of, trend_view
from reports.yearwork import work_sheet
from rules.ledger import Ledger

_MOST_UNITS = 20
Told = tuple[str, int, Markup]


def build_year_page(stored: Stored, ledger: Ledger) -> bytes:
    """Trends over the rounds, publications by class, month and unit, units and categories, sites round by round."""
    names = Names(stored.judgement, stored.inventory)
    per_round = [(judgement, compute(judgement, stored.inventory)) for judgement in stored.rounds]
    units: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for _, n in per_round:
        units.update(dict(n.by_unit))
        categories.update(dict(n.by_category))
    work = work_sheet(stored, ledger)
    view: dict[str, Any] = {
        "title": f"{stored.inventory.city}政府网站巡查（{figures.period_name(stored.judgement.round)}）",
        "scope": f"共{len(per_round)}轮：{'、'.join(figures.period_name(j.round) for j, _ in per_round)}",
        "figures": _figures({str(row[0]).strip(): row for row in work.rows}, stored),
        "trend": trend_view([point_of(judgement) for judgement in stored.rounds]),
        "published": _published(stored, names),
        "ranks": [
            ("按单位", _bars([(names.unit(u), c) for u, c in _ranked(units)[:_MOST_UNITS]])),
            ("按类别", _bars(_ranked(categories))),
        ],
        "sites": _sites(stored, names),
        "labels": [figures.short_period(j.round) for j, _ in per_round],
        "work": [[str(cell) for cell in row] for row in work.rows],
        "footer": f"{stored.inventory.issuer}　{stored.judgement.tool}",
    }
    assets = {name: Markup((TEMPLATES / f"dashboard.{name}").read_text(encoding="utf-8")) for name in ("css", "js")}
    return environment().get_template("year.html.j2").render(**view, **assets).encode()


def _figures(work: dict[str, Any], stored: Stored) -> list[dict[str, str]]:
    """The year in a few numbers."""
    wanted = (("开展巡查", ""), ("发现问题", "同一问题只计一次"), ("完成整改", "复查时已恢复正常"))
    rows = [(name, f"{int(work[name][1]):,}", str(work[name][2]), note) for name, note in wanted]
    total = count_published(stored.judgement.extra.get("published"))
    if total.total:
        rows.append(("发布信息", f"{total.total:,}", "条", f"{total.start} 至 {total.end}"))
    if upper := work["转载上级政策文件"][1]:
        rows.append(("转载上级政策文件", f"{int(upper):,}", "件", "按文号去重"))
    return [dict(zip(("name", "value", "unit", "note"), row, strict=True)) for row in rows]


def _published(stored: Stored, names: Names) -> dict[str, Any] | None:
    """Items of the year by class of the 条例, by month and by unit."""
    raw = stored.judgement.extra.get("published")
    total = count_published(raw)
    if not total.total or not isinstance(raw, dict):
        return None
    counts = classified(raw, column_rows([*stored.rounds, stored.judgement]))
    classes = [(f"{e['name']}（{e['item']}）", counts[e["name"]]) for e in forms()["classes"] if counts[e["name"]]]
    months = [(f"{int(month[5:])}月", int(count)) for month, count in (raw.get("by_month") or {}).items()]
    units = [(names.unit(unit), count) for unit, count in total.by_unit[:_MOST_UNITS]]
    return {
        "text": f"{total.start} 至 {total.end} 各网站共发布信息{total.total:,}条。一条信息在几处发布只计一条；"
        "几个单位联合发布或分别发布的，各单位各计一条。",
        "months": charts.trend("逐月发布信息", months) if months else "",
        "tables": [("按公开类别（条）", _bars(classes)), ("按单位（条）", _bars(units))],
    }


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))


def _bars(rows: list[tuple[str, int]]) -> list[Told]:
    largest = max((count for _, count in rows), default=0)
    return [(name, count, charts.bar(count, largest)) for name, count in rows]


def _sites(stored: Stored, names: Names) -> list[dict[str, object]]:
    """Each site's verdict in every round: a strip that shows who stays below."""
    tones = {"合格": "good", "不合格": "bad", "待人工复核": "wait"}
    rows: list[dict[str, object]] = []
    for site in stored.inventory.sites:
        verdicts = [next((s.verdict for s in j.sites if s.id == site.id), "") for j in stored.rounds]
        rows.append({"name": names.site(site.id), "cells": [(v or "未检查", tones.get(v, "")) for v in verdicts]})
    return rows
