"""A realistic round of a fictional city as judged: findings, verdicts, statistics, and the round before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rules.schema import CoverageSum, Finding, Judgement, SiteVerdict, VerdictName
from tests.reports.city import (
    AS_OF,
    COLUMN_KINDS,
    HOSTILE,
    SITE_UNITS,
    UNITS,
    column_unit,
    inventory,
    site_id,
    site_name,
    site_url,
)
from tests.reports.planted import blank, dead, findings, stale

__all__ = ["HOSTILE", "blank", "dead", "inventory", "judgement", "previous", "stale"]


def verdicts(found: list[Finding], sites: int) -> list[SiteVerdict]:
    """A verdict for each site: veto → 不合格, a veto waiting for a person → 待人工复核, else 合格."""
    units = {i: name for i, name, _ in UNITS}
    rows = []
    for n in range(sites):
        sid = site_id(n)
        vetoes = [f.rule for f in found if f.site == sid and f.level == "veto" and f.certainty == "confirmed"]
        waiting = any(f.site == sid and f.needs_review for f in found)
        verdict: VerdictName = "不合格" if vetoes else "待人工复核" if waiting else "合格"
        rows.append(
            SiteVerdict(
                id=sid,
                name=site_name(n, units),
                unit=SITE_UNITS[n % len(SITE_UNITS)],
                kind="portal" if n == 0 else "department",
                url=site_url(n),
                verdict=verdict,
                score=86.5 if n == 0 and not vetoes else None,
                vetoes=vetoes,
                pages=60 + n,
                requests=700 + n,
                links_checked=650 + n,
                blocked=3 if n == 9 else 0,
                unchecked=2 if n == 4 else 0,
                notes=["日历页面无限循环，已截断"] if n == 4 else [],
                problems=sum(f.site == sid for f in found),
            )
        )
    return rows


def extra(found: list[Finding], sites: int) -> dict[str, Any]:
    """Statistics beside the findings, as the lead's judge command hands them over."""
    bad = {(f.site, f.column): f for f in found if f.category in ("栏目不更新", "空白栏目") and f.column}
    columns = []
    for n in range(sites):
        for k, (name, kind, limit) in enumerate(COLUMN_KINDS):
            hit = bad.get((site_id(n), f"c{k}"))
            state = "正常" if hit is None else {"栏目不更新": "未更新", "空白栏目": "空白"}[hit.category]
            days = hit.observed.get("days") if hit else (n + k) % 12
            columns.append(
                {
                    "site": site_id(n),
                    "unit": column_unit(n, k),
                    "id": f"c{k}",
                    "name": name,
                    "type": kind,
                    "url": f"{site_url(n)}c{k}/",
                    "newest": None if state == "空白" else (AS_OF - timedelta(days=days or 0)).isoformat(),
                    "days": None if state == "空白" else days,
                    "window_days": limit,
                    "state": "未能判定" if n == 10 and k == 7 else state,
                    "items": 0 if state == "空白" else 15,
                }
            )
    names = {i: name for i, name, _ in UNITS}
    ipv6 = [
        {
            "site": site_id(n),
            "name": site_name(n, names),
            "aaaa": "不支持" if n == 5 else "未测" if n == 9 else "支持",
            "home": "打不开" if n == 5 else "正常",
            "ns": "支持" if n % 2 else "不支持",
            "note": "",
        }
        for n in range(sites)
    ]
    late = any(f.category == "政务新媒体" for f in found)
    accounts = [("jyj", "微信公众号", "云岭教育", "正常"), ("lyj", "微博", "云岭文旅", "未更新" if late else "未填报")]
    media = [
        {"unit": unit, "platform": platform, "name": name, "state": state, "newest": None, "source": "", "url": "",
         "why": "", "site": "portal"}
        for unit, platform, name, state in accounts
    ]  # fmt: skip
    return {
        "columns": columns,
        "media": media,
        "ipv6": ipv6,
        "published": {
            "total": 428,
            "by_type": {"动态要闻": 246, "通知公告": 92, "政策文件": 38, "政策解读": 17, "其他": 35},
            "by_unit": {"zfb": 198, "jyj": 64, "czj": 51, "nyj": 40, "wjw": 39, "jtj": 36},
            "from": "2026-10-21",
            "to": "2026-11-20",
        },
        "exempted": 1,
        "unscored": 0,
        "seed": 20261120,
    }


def judgement(sites: int = 12, total: int = 60, code: str = "2026-11") -> Judgement:
    """The round as judged."""
    found = findings(sites, total)
    closed = [dead(0, 500 + i, status="已整改", times=1, first_seen="2026-10") for i in range(4)]
    closed.append(stale(6, 2, 210, status="已整改", first_seen="2026-10"))
    sites_rows = verdicts(found, sites)
    return Judgement(
        round=code,
        as_of="2026-11-20T10:00:00+08:00",
        tool="xuncha 0.1.0",
        profile="monthly",
        rules_digest="sha256:" + "0" * 64,
        coverage=CoverageSum(
            sites=sites,
            pages=sum(s.pages for s in sites_rows),
            links_checked=sum(s.links_checked for s in sites_rows),
            blocked=sum(s.blocked for s in sites_rows),
            unchecked=sum(s.unchecked for s in sites_rows),
            errors=0,
            reasons={"waf-ruishu": 3, "robots": 2},
        ),
        sites=sites_rows,
        findings=found,
        closed=closed,
        extra=extra(found, sites),
    )


def previous() -> Judgement:
    """The round before: what is closed now, what still stands, and one thing that nobody saw again."""
    now = judgement()
    old = [f.model_copy(update={"status": "新增", "times": 1}) for f in now.closed]
    old += [
        f.model_copy(update={"status": "新增", "times": f.times - 1})
        for f in now.findings
        if f.status == "未整改" and f.certainty == "confirmed"
    ]
    old.append(dead(9, 777, first_seen="2026-10"))
    rows = [
        s.model_copy(update={"verdict": "合格" if n not in (2, 7) else "不合格", "vetoes": []})
        for n, s in enumerate(now.sites)
    ]
    return now.model_copy(
        update={"round": "2026-10", "as_of": "2026-10-20T10:00:00+08:00", "findings": old, "closed": [], "sites": rows}
    )
