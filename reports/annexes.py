"""The bulletin's annex tables (domain bulletins 1.7): statistics, list of problems, review, publication."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from reports import figures, told
from reports.numbers import LastRound, Numbers
from reports.paper import Annex
from reports.problems import Names, Problem, rows_of
from reports.wording import Wording
from rules.schema import Judgement

KINDS = (
    ("更新", ("栏目不更新", "首页不更新")),
    ("空白", ("空白栏目",)),
    ("错链", ("链接不可用",)),
    ("表述", ("错敏表述",)),
    ("互动服务", ("互动回应", "办事服务", "政策解读", "信息公开", "站内搜索")),
    ("标识", ("网站标识", "找错入口", "页面标签")),
    ("域名IPv6", ("域名不规范", "IPv6不支持")),
)


def split(problems: list[Problem]) -> list[int]:
    """Problems by the kinds of annex 1, the rest last; the parts add up to len(problems)."""
    kinds = {category: i for i, (_, categories) in enumerate(KINDS) for category in categories}
    counts = [0] * (len(KINDS) + 1)
    for problem in problems:
        counts[kinds.get(problem.finding.category, len(KINDS))] += 1
    return counts


def listing(numbers: Numbers, names: Names, wording: Wording, seen: date, deadline: str) -> Annex:
    """附件2: every confirmed problem, by unit in the order of their number, worst first."""
    order = {unit: i for i, (unit, _) in enumerate(numbers.found_by_unit)}
    told_rows = sorted(numbers.found, key=lambda p: order[p.finding.unit])
    rows = [
        (
            str(i),
            names.unit(p.finding.unit),
            told.place(p.finding, names),
            p.finding.category,
            told.public_fact(p, names, wording) + _again(numbers.state(p), p.times),
            told.public_url(p, wording),
            _when(p, numbers, seen),
            "——" if p.status == "已整改" else deadline,
        )
        for i, p in enumerate(told_rows, 1)
    ]
    head = ("序号", "责任单位", "网站（栏目）", "问题类别", "问题描述", "页面网址", "发现时间", "整改时限")
    return Annex("问题清单", head, (11, 32, 36, 20, 54, 58, 27, 27), tuple(rows), frozenset({1, 2, 4, 5}))


def _again(state: str, times: int) -> str:
    if state == "新增":
        return ""
    return f"（{state}，第{times}次）" if state in ("未整改", "反弹") else f"（{state}）"


def _when(problem: Problem, numbers: Numbers, seen: date) -> str:
    """The day of the newest check that found it."""
    times = [numbers.span.found[f.fingerprint] for f in problem.findings] if numbers.span else []
    return max(figures.moment(at).date() for at in times).isoformat() if times else seen.isoformat()


def review(last: LastRound, names: Names, wording: Wording, seen: date) -> Annex:
    """附件3: the last bulletin's problems and what this round saw of them."""
    ranked = sorted(enumerate(last.reviews), key=lambda pair: (_RESULTS.index(pair[1].result), pair[0]))
    rows = [
        (
            str(i),
            names.unit(r.problem.finding.unit),
            f"{names.site(r.problem.finding.site)}：{told.public_fact(r.problem, names, wording)}",
            seen.isoformat() if r.result != "未能复核" else "——",
            r.result,
            _REMARKS.get(r.result, ""),
        )
        for i, (_, r) in enumerate(ranked, 1)
    ]
    head = ("序号", "责任单位", "上期问题", "复查时间", "复查结果", "备注")
    return Annex("上期通报问题复查情况表", head, (12, 45, 90, 30, 25, 43), tuple(rows), frozenset({1, 2, 5}))


_RESULTS = ("未整改", "未能复核", "已整改")
_REMARKS = {"未能复核": "本期未能访问或未检查到，下期复查"}


def publication(judgement: Judgement, numbers: Numbers, names: Names) -> Annex:
    """附件4: columns by state and items published, a row for each unit."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_of(judgement.extra, "columns"):
        states[str(row.get("unit") or "")][str(row.get("state"))] += 1
    published = dict(numbers.published.by_unit)
    units = [u for u in (*names.checked_units, *published) if u in states or u in published]
    rows = []
    for i, unit in enumerate(dict.fromkeys(units), 1):
        rows.append((str(i), names.unit(unit), *_column_cells(states[unit]), str(published.get(unit, 0))))
    total: Counter[str] = sum(states.values(), Counter())
    rows.append(("合计", "", *_column_cells(total), str(sum(published.values()))))
    head = ("序号", "责任单位", "应更新栏目数", "按期更新", "未更新", "空白", "未能判定", "本期发布信息（条）")
    return Annex("栏目更新和信息发布情况统计表", head, (12, 75, 25, 22, 22, 20, 22, 30), tuple(rows), frozenset({1}))


def ipv6_readiness(judgement: Judgement, names: Names) -> Annex:
    """IPv6专项: how far each site is, tested or not, for the office that follows the 改造."""
    units = {site.id: site.unit for site in judgement.sites}
    keys = ("aaaa", "home", "ns", "level2", "level3", "parts")
    rows = [
        (
            str(i),
            names.unit(units.get(str(row.get("site")), "")),
            str(row.get("name") or row.get("site")),
            str(row.get("host") or ""),
            *(str(row.get(key) or "未测") for key in keys),
            str(row.get("note") or ""),
        )
        for i, row in enumerate(rows_of(judgement.extra, "ipv6"), 1)
    ]
    head = (
        "序号",
        "责任单位",
        "网站名称",
        "首页域名",
        "域名解析",
        "首页访问",
        "域名服务器",
        "二级链接",
        "三级链接",
        "首页资源",
        "说明",
    )
    return Annex(
        "IPv6支持情况表",
        head,
        (9, 31, 31, 42, 15, 15, 18, 15, 15, 15, 19),
        tuple(rows),
        frozenset({1, 2, 3, 10}),
        "注：1.链接、资源为抽查中支持数与测得数。2.“未测”为监测端未能检测，不作判定。",
    )


def _column_cells(states: Counter[str]) -> tuple[str, ...]:
    undecided = states["未能判定"] + states["无法访问"]
    parts = (states["正常"], states["未更新"], states["空白"], undecided)
    return str(sum(parts)), *map(str, parts)
