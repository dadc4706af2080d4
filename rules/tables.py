"""The numbers of a round that documents print: columns, IPv6, availability, units. Counting, no judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from crawler.facts import SiteFacts
from crawler.inventory import Inventory
from rules.checks.availability import AvailabilityParams, Watched, by_place, has_failed, open_looks
from rules.checks.ipv6 import Tested, readiness
from rules.checks.ipv6_quality import below
from rules.checks.media import MediaParams
from rules.context import Context
from rules.loader import RuleSet
from rules.media import media_rows
from rules.schema import Finding
from rules.scoring import counts
from rules.windows import beijing_day

_TOLD: dict[Tested, str] = {"支持": "支持", "不支持": "不支持", "疑似不支持": "不支持", "未测": "未测"}


def column_rows(site: SiteFacts, ctx: Context) -> list[dict[str, Any]]:
    """One row a column of the site, by id."""
    return [
        {
            "site": site.site.id,
            "unit": state.fact.unit,
            "id": state.fact.column.id,
            "name": state.fact.column.name,
            "type": state.fact.column.type,
            "url": state.fact.url,
            "newest": state.fact.newest.isoformat() if state.fact.newest else None,
            "days": state.days,
            "window_days": state.window_days,
            "window": state.window.text if state.window else "",
            "state": state.state,
            "items": state.fact.item_count,
            "note": state.note,
            "discovered": state.fact.discovered,
        }
        for state in ctx.columns(site)
    ]


def ipv6_row(site: SiteFacts, ctx: Context) -> dict[str, Any]:
    """支持, 不支持 or 未测 of one site in the three respects, and how many of the things below its home page."""
    state = readiness(site, ctx)
    note = state.note or ("经IPv6访问首页未成功，待复核" if state.home == "疑似不支持" else "")
    row = {"aaaa": _TOLD[state.aaaa], "home": _TOLD[state.home], "ns": _TOLD[state.ns]}
    return {
        "site": site.site.id,
        "name": site.site.name,
        "host": site.site.host,
        **row,
        **below(site, ctx),
        "note": note,
    }


def identity_row(site: SiteFacts) -> dict[str, str]:
    """The numbers that the home page shows of itself: 政府网站标识码, ICP备案号, 公安机关备案号."""
    shown = site.home_page.identity if site.home_page else {}
    return {key: shown[key] for key in ("site_code", "icp", "police") if shown.get(key)}


def availability_row(site: SiteFacts, params: AvailabilityParams, asked: bool = False) -> dict[str, Any] | None:
    """A site's series day by day and its worst week from the worst place, with what did not count and why.

    None when it is not watched, unless V2 is `asked` for: then the row says that it cannot be judged.
    """
    row: dict[str, Any] = {"site": site.site.id, "name": site.site.name, "state": "未能判定", "worst": None, "days": []}
    if not isinstance(site, Watched) or not site.looks:
        return row | {"note": "没有首页可用性监测记录", "closed": 0, "void": 0} if asked else None
    mine = open_looks(site)
    days: dict[str, list[int]] = {}
    for look in sorted((look for look in mine if look.control_ok), key=lambda one: one.at):
        day = days.setdefault(beijing_day(look.at).isoformat(), [0, 0])
        day[0] += 1
        day[1] += has_failed(look, params.slow_seconds)
    weeks = by_place(mine, params)
    if weeks:
        worst = weeks[0]
        row["state"] = "不达标" if worst.failed >= params.share * worst.looks else "达标"
        span = {"from": worst.first.isoformat(), "to": worst.last.isoformat(), "place": worst.place}
        row["worst"] = span | {"looks": worst.looks, "failed": worst.failed}
    row["days"] = [{"day": day, "looks": looks, "failed": failed} for day, (looks, failed) in days.items()]
    row["closed"] = len(site.looks) - len(mine)
    row["void"] = sum(not look.control_ok for look in mine)
    notes = [] if weeks else [f"没有连续{params.days}天、每天不少于{params.per_day}次的监测记录"]
    notes += [f"计划停机期间的{row['closed']}次不计"] if row["closed"] else []
    notes += [f"监测端网络异常的{row['void']}次不计"] if row["void"] else []
    return row | {"note": "；".join(notes)}


def unit_rows(inventory: Inventory, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Confirmed problems of every unit, in the order of the inventory."""
    by_unit: dict[str, Counter[str]] = {}
    for finding in findings:
        if counts(finding) and finding.level != "bonus":
            by_unit.setdefault(finding.unit, Counter())[finding.category] += 1
    rows = []
    for unit in inventory.units:
        mine = by_unit.get(unit.id, Counter())
        rows.append(
            {"unit": unit.id, "name": unit.name, "problems": mine.total(), "by_category": dict(sorted(mine.items()))}
        )
    return rows


def media_table(ruleset: RuleSet, context: Context) -> list[dict[str, Any]]:
    """What is known of every account of 政务新媒体, where the profile asks for their updates."""
    rule = next((one for one in ruleset.rules if one.check == "media_updated"), None)
    return [] if rule is None else media_rows(context, MediaParams.model_validate(rule.params).window)
