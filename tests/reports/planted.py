"""Findings of the fictional city: one maker for each kind, and a realistic set of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from rules.schema import Finding, Where
from tests.reports.city import AS_OF, COLUMN_KINDS, REASONS, column_unit, site_id, site_url


def finding(
    rule: str, category: str, level: str, site: str, unit: str, subject: str, message: str, **rest: Any
) -> Finding:
    """One finding with a fingerprint of rule, site and subject, as contract 3 asks."""
    mark = hashlib.sha256(f"{rule}|{site}|{subject}".encode()).hexdigest()[:16]
    rest.setdefault("where_count", len(rest.get("where", [])))
    rest.setdefault("certainty", "confirmed")
    rest.setdefault("first_seen", "2026-11")
    given = {"rule": rule, "category": category, "level": level, "site": site, "unit": unit, "subject": subject}
    return Finding.model_validate({"fingerprint": mark, "message": message, **given, **rest})


def stale(n: int, k: int, days: int, **rest: Any) -> Finding:
    """A column past its window."""
    name, kind, limit = COLUMN_KINDS[k]
    newest = AS_OF - timedelta(days=days)
    url = f"{site_url(n)}c{k}/"
    last = f"{newest.year}年{newest.month}月{newest.day}日"
    message = f"“{name}”栏目最近更新日期为{last}，已{days}天未更新，超过{limit}天"
    return finding(
        "V4.1" if k < 3 else "V4.2",
        "栏目不更新",
        "part",
        site_id(n),
        column_unit(n, k),
        url,
        message,
        column=f"c{k}",
        where=[Where(page=url, text=name, region="column")],
        fix="更新或撤并栏目",
        clause="第一部分 四、栏目不更新",
        observed={"newest": newest.isoformat(), "days": days, "window": f"{limit}天", "type": kind},
        **rest,
    )


def blank(n: int, k: int, **rest: Any) -> Finding:
    """A column without content."""
    url = f"{site_url(n)}c{k}/"
    return finding(
        "V4.3",
        "空白栏目",
        "part",
        site_id(n),
        column_unit(n, k),
        url,
        f"“{COLUMN_KINDS[k][0]}”栏目为空白栏目，没有信息",
        column=f"c{k}",
        fix="补充内容或撤并栏目",
        where=[Where(page=url, text=COLUMN_KINDS[k][0], region="column")],
        observed={"item_count": 0, "path": ["首页", "政务公开"]},
        **rest,
    )


def dead(n: int, i: int, holders: int = 1, **rest: Any) -> Finding:
    """A link that does not open."""
    reason, status = REASONS[i % len(REASONS)]
    page = f"{site_url(n)}c{i % 8}/t202611{i % 28 + 1:02d}_{i}.html"
    text = ["关于印发实施方案的通知", '附件<1>&"表"', "=HYPERLINK(1)", "上级链接", "办事指南😀"][i % 5]
    where = [
        Where(page=f"{page}?p={h}", text=text, region="home" if h == 0 and i % 4 == 0 else "article")
        for h in range(min(holders, 20))
    ]
    return finding(
        "D22",
        "链接不可用",
        "deduction",
        site_id(n),
        column_unit(n, i % 8),
        f"{site_url(n)}old/{i}.html",
        f"{'首页' if i % 4 == 0 else '其他页面'}上的“{text}”链接打不开",
        where=where,
        where_count=holders,
        column=f"c{i % 8}",
        deduction=0.1,
        fix="更正或删除该链接",
        observed={"status": status, "reason": reason, "attempts": 2},
        **rest,
    )


def of_columns() -> list[Finding]:
    """Parts with their veto: columns, a home page."""
    return [
        *(stale(0, k, 40 + 55 * k) for k in range(5)),
        stale(1, 0, 31, status="未整改", times=3, first_seen="2026-09"),
        stale(2, 1, 400),
        stale(3, 3, 221, status="反弹", times=2, first_seen="2026-08"),
        *(blank(2, k) for k in range(2, 7)),
        finding(
            "V4.3",
            "空白栏目",
            "veto",
            site_id(2),
            "swj",
            site_url(2),
            "空白栏目 5 个，超过（含）5 个",
            observed={"count": 5, "at_least": 5},
        ),
        finding(
            "V3",
            "首页不更新",
            "veto",
            site_id(3),
            "lyj",
            site_url(3),
            "首页最近更新日期为2026年10月12日，已39天未更新，超过2周",
            observed={"newest": "2026-10-12", "days": 39, "window": "2周"},
        ),
    ]


def of_networks() -> list[Finding]:
    """Domain and IPv6."""
    return [
        finding(
            "N1",
            "域名不规范",
            "deduction",
            site_id(4),
            "rsj",
            "http://www.yunlinghrss.com/",
            "使用非.gov.cn域名",
            observed={"host": "www.yunlinghrss.com"},
            where=[Where(page=site_url(4), text="就业服务", region="home")],
        ),
        finding(
            "D28",
            "IPv6不支持",
            "deduction",
            site_id(5),
            "mzj",
            site_url(5),
            "域名没有IPv6地址",
            observed={"aaaa": "nodata"},
            status="未整改",
            times=2,
            first_seen="2026-10",
        ),
        finding(
            "N16", "域名不规范", "advice", site_id(7), "zjj", site_url(7), "未启用DNSSEC", observed={"dnssec": False}
        ),
    ]


def of_pages() -> list[Finding]:
    """A mark that is missing, what waits for a person, personal data, a media account."""
    return [
        finding(
            "D21",
            "网站标识",
            "deduction",
            site_id(1),
            "jyj",
            site_url(1),
            "页面底部缺少公安机关备案标识",
            observed={"missing": ["公安机关备案标识"]},
        ),
        finding(
            "V1.1",
            "错敏表述",
            "veto",
            site_id(6),
            "czj",
            site_url(6) + "t1.html",
            "疑似严重表述错误",
            certainty="suspected",
            needs_review=True,
            observed={"term": "某词"},
        ),
        finding(
            "T7",
            "隐私泄露",
            "deduction",
            site_id(7),
            "zjj",
            site_url(7) + "gs/1.html",
            "公示名单含完整身份证号码",
            observed={"kind": "身份证号", "count": 2},
        ),
        finding(
            "M2.1",
            "政务新媒体",
            "part",
            site_id(3),
            "lyj",
            "微博：云岭文旅",
            "政务新媒体“云岭文旅”超过2周未更新",
            observed={"newest": "2026-09-01", "days": 80},
        ),
    ]


def findings(sites: int = 12, total: int = 60) -> list[Finding]:
    """`total` findings over `sites` sites: parts with their veto, links, domains, IPv6, marks, suspects, advice."""
    made = [*of_columns(), *of_networks(), *of_pages()]
    made += [dead(8, i, certainty="suspected") for i in range(900, 903)]
    i = 0
    while len(made) < total:
        status = {3: "未整改", 5: "反弹"}.get(i % 9, "新增")
        made.append(
            dead(
                i % max(sites - 2, 1),
                i,
                holders=1 + i % 37,
                status=status,
                times=1 if status == "新增" else 2,
                first_seen="2026-11" if status == "新增" else "2026-10",
            )
        )
        i += 1
    return made[:total]
