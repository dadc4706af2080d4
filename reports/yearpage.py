"""年度看板.html: the year's rounds as one self-contained page."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from reports import charts, figures
from reports.dashboard import TEMPLATES, environment
from reports.numbers import compute
from reports.problems import Names
from reports.stored import Stored


def build_year_page(stored: Stored) -> bytes:
    """Trend of problems and pass rate over the rounds, units and categories over the year, sites round by round."""
    names = Names(stored.judgement, stored.inventory)
    per_round = [(judgement, compute(judgement, stored.inventory)) for judgement in stored.rounds]
    units: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for _, n in per_round:
        units.update(dict(n.by_unit))
        categories.update(dict(n.by_category))
    labels = [figures.short_period(judgement.round) for judgement, _ in per_round]
    view = {
        "title": f"{stored.inventory.city}政府网站巡查（{figures.period_name(stored.judgement.round)}）",
        "summary": f"全年巡查{len(per_round)}轮。各轮问题数为当轮确认的问题，同一问题在几轮中出现就计几次。",
        "problems": charts.trend(
            "各轮问题数", [(name, len(n.problems)) for name, (_, n) in zip(labels, per_round, strict=True)]
        ),
        "closed": charts.trend(
            "各轮确认整改数", [(name, len(j.closed)) for name, (j, _) in zip(labels, per_round, strict=True)]
        ),
        "rounds": [
            {
                "name": figures.period_name(judgement.round),
                "cells": [
                    str(n.sites.checked),
                    str(n.sites.passed),
                    str(n.sites.failed),
                    str(n.sites.pending),
                    figures.rate(n.sites.passed, n.sites.concluded),
                    str(len(n.problems)),
                    str(len(judgement.closed)),
                ],
            }
            for judgement, n in per_round
        ],
        "ranks": [
            ("按单位（全年累计）", _bars([(names.unit(u), c) for u, c in _ranked(units)[:20]])),
            ("按类别（全年累计）", _bars(_ranked(categories))),
        ],
        "sites": _sites(stored, names),
        "labels": labels,
        "footer": f"{stored.inventory.issuer}　{stored.judgement.tool}",
    }
    assets = {name: Markup((TEMPLATES / f"dashboard.{name}").read_text(encoding="utf-8")) for name in ("css", "js")}
    return environment().get_template("year.html.j2").render(**view, **assets).encode()


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))


def _bars(rows: list[tuple[str, int]]) -> list[tuple[str, int, Markup]]:
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
