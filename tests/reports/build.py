"""A realistic round of a fictional city: inventory and judgement, with names that are hostile to every format."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from crawler.inventory import Inventory
from rules.schema import CoverageSum, Finding, Judgement, SiteVerdict, Where

AS_OF = date(2026, 11, 20)
HOSTILE = {
    "jyj": "云岭市教育局<script>alert(1)</script>&科技局",
    "swj": "=cmd|' /C calc'!A0",
    "lyj": "云岭市文化和旅游局😀",
    "rsj": "云岭市人力资源和社会保障局暨退役军人事务服务保障中心（云岭市就业创业指导办公室）",
    "mzj": "云岭市瀍垟堃邘鄠镕街道办事处",
}
UNITS = [
    ("zfb", "云岭市人民政府办公室", "government"),
    ("jyj", HOSTILE["jyj"], "department"),
    ("swj", HOSTILE["swj"], "department"),
    ("lyj", HOSTILE["lyj"], "department"),
    ("rsj", HOSTILE["rsj"], "department"),
    ("mzj", HOSTILE["mzj"], "township"),
    ("czj", "云岭市财政局", "department"),
    ("zjj", "云岭市住房和城乡建设局", "department"),
    ("jtj", "云岭市交通运输局", "department"),
    ("nyj", "云岭市农业农村局", "department"),
    ("wjw", "云岭市卫生健康委员会", "department"),
    ("yjj", "云岭市应急管理局", "department"),
    ("tjj", "云岭市统计局", "department"),
    ("slj", "云岭市水务局", "department"),
    ("qtz", "青桐镇人民政府", "township"),
    ("hxz", "河西镇人民政府", "township"),
]
PLAIN_NAMES = {
    "jyj": "云岭市教育局",
    "swj": "云岭市商务局",
    "lyj": "云岭市文化和旅游局",
    "rsj": "云岭市人力资源和社会保障局",
    "mzj": "云岭市民政局",
}
SITE_UNITS = ["zfb", "jyj", "swj", "lyj", "rsj", "mzj", "czj", "zjj", "jtj", "nyj", "wjw", "yjj"]
COLUMN_KINDS = [
    ("要闻动态", "动态要闻", 14),
    ("通知公告", "通知公告", 182),
    ("政策文件", "政策文件", 182),
    ("政策解读", "政策解读", 182),
    ("人事信息", "人事信息", 365),
    ("规划计划", "规划计划", 365),
    ("统计信息", "统计信息", 365),
    ("财政资金", "财政资金", 365),
]
REASONS = [("http-404", 404), ("dns-nxdomain", None), ("connect-refused", None), ("soft-404", 200), ("empty-file", 200)]


def inventory(hostile: bool = True, sites: int = 12, shell: str = "letterhead", **bulletin: Any) -> Inventory:
    """The city: sixteen units, `sites` sites with eight columns each, two media accounts."""
    named = [(i, name if hostile else PLAIN_NAMES.get(i, name), kind) for i, name, kind in UNITS]
    rows = []
    for n in range(sites):
        sid, unit = site_id(n), SITE_UNITS[n % len(SITE_UNITS)]
        rows.append(
            {
                "id": sid,
                "name": site_name(n, {i: x for i, x, _ in named}),
                "kind": "portal" if n == 0 else "department",
                "unit": unit,
                "url": site_url(n),
                "site_code": f"53290100{n:02d}",
                "columns": [
                    {"id": f"c{k}", "name": name, "url": f"/c{k}/", "type": kind, "unit": column_unit(n, k)}
                    for k, (name, kind, _) in enumerate(COLUMN_KINDS)
                ],
            }
        )
    head = {
        "title": "云岭市政府网站与政务公开巡查通报",
        "shell": shell,
        "addressees": ["各乡镇人民政府、街道办事处", "市直各部门"],
        "basis": ["国办发〔2017〕47号", "国办秘函〔2019〕19号"],
        "deadline_workdays": 10,
        "contact": "市政务公开办 0872-0000000",
    }
    return Inventory.model_validate(
        {
            "city": "云岭市",
            "region_code": "532901",
            "issuer": "云岭市人民政府办公室",
            "bulletin": head | bulletin,
            "units": [{"id": i, "name": name, "kind": kind} for i, name, kind in named],
            "sites": rows,
            "media_accounts": [
                {"unit": "jyj", "platform": "微信公众号", "name": "云岭教育", "last_post": "2026-11-18"},
                {"unit": "lyj", "platform": "微博", "name": "云岭文旅", "last_post": "2026-09-01"},
            ],
        }
    )


def site_id(n: int) -> str:
    """Id of the n-th site; the portal first."""
    return "portal" if n == 0 else f"site{n:02d}"


def site_url(n: int) -> str:
    """Home page of the n-th site."""
    return "http://www.yunling.gov.cn/" if n == 0 else f"http://s{n}.yunling.gov.cn/"


def site_name(n: int, units: dict[str, str]) -> str:
    """Name of the n-th site."""
    return (
        "云岭市人民政府门户网站"
        if n == 0
        else f"{units[SITE_UNITS[n % len(SITE_UNITS)]]}网站{n // len(SITE_UNITS) or ''}"
    )


def column_unit(n: int, k: int) -> str:
    """The portal's columns are kept by many units, a department's by itself."""
    return UNITS[(k * 2 + 1) % len(UNITS)][0] if n == 0 else SITE_UNITS[n % len(SITE_UNITS)]


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


def findings(sites: int = 12, total: int = 60) -> list[Finding]:
    """`total` findings over `sites` sites: parts with their veto, links, domains, IPv6, marks, suspects, advice."""
    made = [stale(0, k, 40 + 55 * k) for k in range(5)]
    made += [
        stale(1, 0, 31, status="未整改", times=3, first_seen="2026-09"),
        stale(2, 1, 400),
        stale(3, 3, 221, status="反弹", times=2, first_seen="2026-08"),
    ]
    made += [blank(2, k) for k in range(2, 7)]
    made.append(
        finding(
            "V4.3",
            "空白栏目",
            "veto",
            site_id(2),
            "swj",
            site_url(2),
            "空白栏目 5 个，超过（含）5 个",
            observed={"count": 5, "at_least": 5},
        )
    )
    made.append(
        finding(
            "V3",
            "首页不更新",
            "veto",
            site_id(3),
            "lyj",
            site_url(3),
            "首页最近更新日期为2026年10月12日，已39天未更新，超过2周",
            observed={"newest": "2026-10-12", "days": 39, "window": "2周"},
        )
    )
    made.append(
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
        )
    )
    made.append(
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
        )
    )
    made.append(
        finding(
            "D21",
            "网站标识",
            "deduction",
            site_id(1),
            "jyj",
            site_url(1),
            "页面底部缺少公安机关备案标识",
            observed={"missing": ["公安机关备案标识"]},
        )
    )
    made.append(
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
        )
    )
    made.append(
        finding(
            "T7",
            "隐私泄露",
            "deduction",
            site_id(7),
            "zjj",
            site_url(7) + "gs/1.html",
            "公示名单含完整身份证号码",
            observed={"kind": "身份证号", "count": 2},
        )
    )
    made.append(
        finding(
            "N16", "域名不规范", "advice", site_id(7), "zjj", site_url(7), "未启用DNSSEC", observed={"dnssec": False}
        )
    )
    made.append(
        finding(
            "M2.1",
            "政务新媒体",
            "part",
            site_id(3),
            "lyj",
            "微博：云岭文旅",
            "政务新媒体“云岭文旅”超过2周未更新",
            observed={"newest": "2026-09-01", "days": 80},
        )
    )
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


def verdicts(found: list[Finding], sites: int) -> list[SiteVerdict]:
    """A verdict for each site: veto → 不合格, a veto waiting for a person → 待人工复核, else 合格."""
    units = {i: name for i, name, _ in UNITS}
    rows = []
    for n in range(sites):
        sid = site_id(n)
        vetoes = [f.rule for f in found if f.site == sid and f.level == "veto" and f.certainty == "confirmed"]
        waiting = any(f.site == sid and f.needs_review for f in found)
        verdict = "不合格" if vetoes else "待人工复核" if waiting else "合格"
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
    return {
        "columns": columns,
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
