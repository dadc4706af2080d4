"""Plain tables of a round: columns, IPv6, sites, score sheets, coverage, the log; for the workbook and for CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.inventory import Inventory
from reports import figures, told
from reports.ledger_rows import FIELDS
from reports.numbers import compute
from reports.problems import Names, problems, rows_of
from rules.ledger import Ledger
from rules.schema import Judgement

Cell = str | int | float | None
_ACCOUNT = ("platform", "name", "state", "newest", "source", "url", "why")


@dataclass(frozen=True)
class Sheet:
    """A plain table: heads with widths in characters, rows of cells."""

    name: str
    heads: tuple[tuple[str, float], ...]
    rows: Sequence[Sequence[Cell]]


def log_sheet(ledger: Ledger, names: Names) -> Sheet:
    """变更记录: who changed what and when, newest first."""
    heads_by_key = {field.key: field.head for field in FIELDS}
    changes = [(change, entry) for entry in ledger.entries.values() for change in entry.log]
    changes.sort(key=lambda pair: (pair[0].at, pair[1].fingerprint, pair[0].field), reverse=True)
    rows = [
        (
            figures.moment(change.at.isoformat()).strftime("%Y-%m-%d %H:%M:%S"),
            change.by,
            names.unit(entry.finding.unit),
            told.fact(entry.finding, names),
            heads_by_key.get(change.field, change.field),
            change.before,
            change.after,
            entry.fingerprint,
        )
        for change, entry in changes
    ]
    named = (("时间", 20), ("操作人", 14), ("责任单位", 24), ("问题", 50), ("字段", 12), ("原值", 24), ("新值", 24))
    return Sheet("变更记录", (*named, ("系统编号", 20)), rows)


def round_sheets(judgement: Judgement, inventory: Inventory, before: Judgement | None) -> list[Sheet]:
    """The sheets of a round beside the ledger itself."""
    names = Names(judgement, inventory)
    sheets = [columns_sheet(judgement, names), ipv6_sheet(judgement), sites_sheet(judgement, names)]
    scores, media = score_sheet(judgement, names), media_sheet(judgement, names)
    given = [
        sheet for sheet in (media, scores, samples_sheet(judgement, names), exemptions_sheet(judgement)) if sheet.rows
    ]
    return [*sheets, *given, coverage_sheet(judgement, inventory, before)]


def samples_sheet(judgement: Judgement, names: Names) -> Sheet:
    """抽样记录: which pages the seed drew, of how many; the same seed draws them again."""
    rows: list[Sequence[Cell]] = [
        (
            names.site(str(r["site"])),
            str(r["rule"]),
            int(r["size"]),
            int(r["of"]),
            len(r["pages"]),
            "\n".join(r["pages"]),
        )
        for r in rows_of(judgement.extra, "samples")
        if r["pages"]
    ]
    named = (("网站", 30), ("条款", 10), ("应抽", 8), ("总数", 8), ("实抽", 8), ("抽取的页面", 80))
    return Sheet("抽样记录", named, rows)


def exemptions_sheet(judgement: Judgement) -> Sheet:
    """豁免情况: problems taken out with who, why and until when; those that have run out first."""
    rows: list[Sequence[Cell]] = []
    for state, key, url in (("已到期，不再豁免", "expired_exemptions", "url"), ("豁免", "exempted", "subject")):
        rows += [
            (state, str(r.get("rule")), str(r.get(url)), str(r.get("message") or ""), str(r.get("reason")),
             str(r.get("by")), str(r.get("until")))
            for r in rows_of(judgement.extra, key)
        ]  # fmt: skip
    named = (("状态", 16), ("条款", 8), ("网址", 50), ("问题", 44), ("理由", 30), ("批准人", 12), ("期限", 12))
    return Sheet("豁免情况", named, rows)


def score_sheet(judgement: Judgement, names: Names) -> Sheet:
    """评分表: every item of the scored sites with its points, what was lost and by how many problems."""
    given = judgement.extra.get("score_sheets")
    sites = {s.id: s for s in judgement.sites}
    rows: list[Sequence[Cell]] = []
    for site, lines in given.items() if isinstance(given, dict) else ():
        lost = 0.0
        for line in lines:
            full, minus = line.get("cap"), float(line.get("lost") or 0)
            lost += minus
            kept = "" if full is None else round(float(full) - minus, 2)
            found = len(line.get("findings") or ())
            said = (str(line.get("group") or ""), str(line.get("name") or ""), str(line.get("id") or ""))
            full_cell = "" if full is None else float(full)
            state = str(line.get("state") or "")
            rows.append((names.site(site), *said, full_cell, minus, kept, found, state, _why(line)))
        verdict = sites[site].verdict if site in sites else ""
        score = sites[site].score if site in sites else None
        shown = "不计分" if score is None else score
        rows += _bonus_rows(judgement, site, names)
        rows.append((names.site(site), "合计", "", "", 100, round(lost, 2), shown, "", verdict, ""))
    named = (("网站", 30), ("一级指标", 14), ("指标", 22), ("条款", 8), ("分值", 8), ("扣分", 8), ("得分", 8))
    return Sheet("评分表", (*named, ("问题数", 8), ("检查情况", 14), ("缘由", 60)), rows)


def _bonus_rows(judgement: Judgement, site: str, names: Names) -> list[Sequence[Cell]]:
    """The bonus items of one site: what they may earn, what they earned, whether it counts."""
    sheets = judgement.extra.get("bonus_sheets")
    lines = sheets.get(site, ()) if isinstance(sheets, dict) else ()
    return [
        (
            names.site(site), f"加分 {line.get('group')}", str(line.get("name")), str(line.get("id")),
            float(line.get("cap") or 0), "", float(line.get("earned") or 0), len(line.get("findings") or ()),
            str(line.get("state") or ""), _why(line),
        )
        for line in lines
    ]  # fmt: skip


def _why(line: Mapping[str, Any]) -> str:
    """What cost or earned the points, a line each, with its address."""
    return "\n".join(f"{one['message']}（{one['url']}）" for one in line.get("why") or ())


def columns_sheet(judgement: Judgement, names: Names) -> Sheet:
    """栏目更新: every column with its newest date, longest overdue first."""
    rank = {"空白": 0, "未更新": 1, "无法访问": 2, "未能判定": 3, "正常": 4, "不适用": 5}
    found = sorted(
        rows_of(judgement.extra, "columns"),
        key=lambda r: (rank.get(str(r.get("state")), 6), -_int(r.get("days")), str(r.get("site")), str(r.get("id"))),
    )
    rows = [
        (
            i,
            names.unit(str(r.get("unit") or "")),
            names.site(str(r.get("site") or "")),
            str(r.get("name") or r.get("id") or ""),
            str(r.get("type") or ""),
            str(r.get("state") or ""),
            str(r.get("newest") or ""),
            _int(r["days"]) if r.get("days") is not None else "",
            _int(r["window_days"]) if r.get("window_days") else "",
            _int(r["items"]) if r.get("items") is not None else "",
            str(r.get("url") or ""),
        )
        for i, r in enumerate(found, 1)
    ]
    named = (("序号", 6), ("责任单位", 26), ("网站", 28), ("栏目", 20), ("栏目类型", 12), ("更新情况", 10))
    dated = (("最近更新日期", 13), ("未更新天数", 11), ("更新要求（天）", 13), ("信息条数", 10), ("栏目网址", 50))
    return Sheet("栏目更新", named + dated, rows)


def media_sheet(judgement: Judgement, names: Names) -> Sheet:
    """政务新媒体: every account with its newest post, by what that is known, and what could not be told."""
    rows: list[Sequence[Cell]] = [
        (i, names.unit(str(r["unit"])), *(str(r[key] or "") for key in _ACCOUNT))
        for i, r in enumerate(rows_of(judgement.extra, "media"), 1)
    ]
    named = (("序号", 6), ("主办单位", 26), ("平台", 14), ("账号名称", 24), ("更新情况", 10), ("最近更新日期", 13))
    return Sheet("政务新媒体", (*named, ("日期来源", 14), ("列表页或订阅地址", 50), ("说明", 30)), rows)


def ipv6_sheet(judgement: Judgement) -> Sheet:
    """IPv6: address, home page and name servers of every site."""
    rows: list[Sequence[Cell]] = [
        (i, *(str(r.get(key) or "") for key in ("name", "aaaa", "home", "ns", "note")))
        for i, r in enumerate(rows_of(judgement.extra, "ipv6"), 1)
    ]
    return Sheet(
        "IPv6",
        (("序号", 6), ("网站", 34), ("域名有IPv6地址", 15), ("首页IPv6访问", 14), ("域名服务器", 12), ("说明", 44)),
        rows,
    )


def sites_sheet(judgement: Judgement, names: Names) -> Sheet:
    """站点结论: verdict, score, vetoes and coverage of every site."""
    counts = Counter(p.finding.site for p in problems(judgement))
    rows = [
        (
            i,
            names.site(s.id),
            {"portal": "门户网站", "department": "部门网站"}.get(s.kind, s.kind),
            names.unit(s.unit),
            names.codes.get(s.id, ""),
            s.verdict,
            s.score if s.score is not None else "",
            "、".join(s.vetoes),
            counts[s.id],
            s.pages,
            s.links_checked,
            s.blocked,
            s.unchecked,
            "；".join(s.notes),
            s.url,
        )
        for i, s in enumerate(judgement.sites, 1)
    ]
    named = (("序号", 6), ("网站", 34), ("类型", 10), ("主办单位", 26), ("网站标识码", 13), ("结论", 12), ("得分", 8))
    counted = (("单项否决", 14), ("问题数", 8), ("读取页面", 10), ("检查链接", 10), ("被拦截", 8), ("未检查", 8))
    return Sheet("站点结论", (*named, *counted, ("说明", 36), ("首页网址", 36)), rows)


def coverage_sheet(judgement: Judgement, inventory: Inventory, before: Judgement | None) -> Sheet:
    """覆盖情况: what was read and checked, what was not and why, and which rules judged it."""
    n = compute(judgement, inventory, before)
    rows: list[Sequence[Cell]] = [
        ("轮次", judgement.round, ""),
        ("监测时间点", judgement.as_of, ""),
        ("检查网站（个）", n.sites.checked, f"清单共{n.sites.total}个"),
        ("读取页面（个）", n.pages, ""),
        ("检查链接（条）", n.links, ""),
        ("被拦截（个）", n.blocked, "网站防护系统拒绝访问，不计入问题"),
        ("未检查（个）", n.unchecked, "超出范围、网站不允许等，不计入问题"),
    ]
    rows += [(f"　其中：{told.reason_name(code)}", count, code) for code, count in n.reasons]
    rows += [
        ("问题（个）", len(n.problems), "只计已确认的；同一网站同一事项只计一次"),
        ("待核实（条）", n.suspected, "需人工判断，不写入通报"),
        ("已豁免（条）", n.exempted, "清单中写明理由和期限的"),
        ("检查程序出错（处）", n.errors, "相关指标未评判，不影响得分"),
        ("抽样种子", str(judgement.extra.get("seed", "")), "相同种子抽取相同页面"),
        ("指标方案", judgement.profile, judgement.rules_digest),
        ("程序版本", judgement.tool, ""),
    ]
    rows += [(f"出错：{e.rule}", e.site, e.error) for e in judgement.errors]
    return Sheet("覆盖情况", (("项目", 30), ("数值", 22), ("说明", 70)), rows)


def fields_sheet() -> Sheet:
    """字段说明: what the ledger's columns mean and which may be edited."""
    rows = [(field.head, "可填写" if field.edit else "系统填写", field.meaning) for field in FIELDS]
    rows.append(
        ("（隐藏列）", "请勿改动", "系统编号和导出校验，用于导入时对应问题、发现改动冲突；排序、筛选不影响导入")
    )
    return Sheet("字段说明", (("字段", 20), ("填写", 12), ("说明", 80)), rows)


def _int(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
