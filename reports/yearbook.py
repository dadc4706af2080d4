"""The year's papers: pre-filled annual report, disclosure by class, table 2 draft, the year's work, a dashboard."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from reports import figures
from reports.files import same_zip, write_all
from reports.numbers import compute, count_published
from reports.outline import outline_report
from reports.problems import Names, rows_of
from reports.sheets import Cell, Sheet
from reports.stored import Stored
from reports.workbook import formats_of, plain_sheet
from reports.yearpage import build_year_page
from rules.ledger import Ledger
from rules.schema import Judgement

COUNTED, MANUAL = "系统统计", "需人工填报"
_TABLE = Path(__file__).with_name("disclosure.yaml")


@cache
def classes() -> dict[str, Any]:
    """Classes of disclosed information and the fields of the annual report."""
    table: dict[str, Any] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return table


def write_year(stored: Stored, folder: Path, ledger: Ledger) -> list[Path]:
    """年度报表.xlsx, 年度看板.html and 政务公开工作要点落实情况（草稿）.docx. Raises OutputError."""
    return write_all(
        [
            (folder / "年度报表.xlsx", year_workbook(stored, ledger)),
            (folder / "年度看板.html", build_year_page(stored)),
            (folder / "政务公开工作要点落实情况（草稿）.docx", outline_report(stored, disclosure_rows(stored))),
        ]
    )


def year_workbook(stored: Stored, ledger: Ledger) -> bytes:
    """All year tables; each cell of the official forms says whether the system counted it or a person must."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    when = figures.moment(stored.judgement.as_of).replace(tzinfo=None)
    book.set_properties({"title": f"{stored.inventory.city}{stored.judgement.round}年度报表", "created": when})
    formats = formats_of(book)
    for sheet in (
        annual_sheet(stored),
        disclosure_sheet(stored),
        units_sheet(stored),
        table_two(stored),
        work_sheet(stored, ledger),
        rounds_sheet(stored),
    ):
        plain_sheet(book, formats, sheet)
    book.close()
    return same_zip(buffer.getvalue())


def annual_sheet(stored: Stored) -> Sheet:
    """《政府网站工作年度报表》, pre-filled, a block of rows for each site."""
    names = Names(stored.judgement, stored.inventory)
    columns = rows_of(stored.judgement.extra, "columns")
    kinds = {"portal": "政府门户网站", "department": "部门网站"}
    raw = stored.judgement.extra.get("published")
    by_site = raw.get("by_site", {}) if isinstance(raw, dict) else {}
    rows: list[Sequence[Cell]] = []
    for site in stored.inventory.sites:
        basic = (
            ("网站名称", site.name),
            ("首页网址", site.url),
            ("主办单位", names.unit(site.unit)),
            ("网站类型", kinds[site.kind]),
            ("政府网站标识码", site.site_code or ""),
        )
        rows += [(site.name, "基本信息", field, value, COUNTED if value else MANUAL) for field, value in basic]
        mine = count_published(by_site.get(site.id)) if isinstance(by_site, dict) else count_published(None)
        types = dict(mine.by_type)
        for field, wanted in classes()["annual_report"].items():
            value = sum(types.get(kind, 0) for kind in wanted) if mine.total else ""
            rows.append((site.name, "信息发布", f"{field}（条）", value, COUNTED if mine.total else MANUAL))
        rows.append((site.name, "信息发布", "总数（条）", mine.total or "", COUNTED if mine.total else MANUAL))
        topics = sum(r.get("type") == "专题" and r.get("site") == site.id for r in columns)
        rows.append((site.name, "专栏专题", "维护数量（个）", topics, COUNTED))
        rows.append((site.name, "专栏专题", "新开设数量（个）", "", MANUAL))
        rows += [(site.name, block, field, "", MANUAL) for block, fs in classes()["manual"].items() for field in fs]
    return Sheet("工作年度报表", (("网站", 30), ("部分", 14), ("项目", 40), ("数值", 30), ("填报方式", 14)), rows)


def disclosure_rows(stored: Stored) -> list[tuple[str, str, int, str, str, str]]:
    """(item, class, count, share, newest date, units) of each class; the shares add up to 100 %."""
    names = Names(stored.judgement, stored.inventory)
    types = dict(count_published(stored.judgement.extra.get("published")).by_type)
    table = classes()["classes"]
    known = {kind for entry in table for kind in entry["types"]}
    columns = rows_of(stored.judgement.extra, "columns")
    counts, dates, units = [], [], []
    for entry in table:
        mine = set(entry["types"]) or (set(types) | {str(c.get("type")) for c in columns}) - known
        counts.append(sum(types.get(kind, 0) for kind in mine))
        here = [c for c in columns if c.get("type") in mine]
        dates.append(max((str(c["newest"]) for c in here if c.get("newest")), default=""))
        units.append("、".join(dict.fromkeys(names.unit(str(c.get("unit") or "")) for c in here)))
    shares = figures.shares(counts)
    return [
        (entry["item"], entry["name"], n, share, day, owners)
        for entry, n, share, day, owners in zip(table, counts, shares, dates, units, strict=True)
    ]


def disclosure_sheet(stored: Stored) -> Sheet:
    """Published items by class of the 条例 with share and the change against the period before."""
    before: dict[str, int] = {}
    if stored.previous is not None:
        last = Stored(stored.previous, stored.inventory, None, ())
        before = {name: count for _, name, count, *_ in disclosure_rows(last)}
    rows: list[Sequence[Cell]] = []
    for i, (item, name, count, share, day, owners) in enumerate(disclosure_rows(stored), 1):
        old = before.get(name)
        moved = _moved(count, old)
        rows.append((i, f"{name}（{item}）", count, share, "" if old is None else old, moved, day, owners, ""))
    named = (("序号", 6), ("公开类别（条例依据）", 44), ("本期发布数（条）", 14), ("占比", 9), ("上期", 9))
    return Sheet("信息公开分类统计", (*named, ("环比", 10), ("最近更新日期", 14), ("责任单位", 50), ("备注", 16)), rows)


def _moved(now: int, before: int | None) -> str:
    if not before:
        return "——"
    return f"{(now - before) * 100 / before:+.1f}%"


def units_sheet(stored: Stored) -> Sheet:
    """Published items by unit; a unit without any is left blank, not 0 (counting rules of domain 3.3)."""
    names = Names(stored.judgement, stored.inventory)
    published = dict(count_published(stored.judgement.extra.get("published")).by_unit)
    units = [u.id for u in stored.inventory.units]
    rows: list[Sequence[Cell]] = [(i, names.unit(u), published.get(u, "")) for i, u in enumerate(units, 1)]
    rows.append(("", "合计", sum(published.values())))
    return Sheet("单位发布统计", (("序号", 6), ("责任单位", 44), ("发布信息（条）", 16)), rows)


def table_two(stored: Stored) -> Sheet:
    """Table 2 主动公开政府信息情况 as a draft: what a crawler cannot count is marked."""
    heads = (
        ("条款", 24),
        ("信息内容", 24),
        ("本年制发件数", 14),
        ("本年废止件数", 14),
        ("现行有效件数", 14),
        ("填报方式", 40),
    )
    types = dict(count_published(stored.judgement.extra.get("published")).by_type)
    hint = f"{MANUAL}；系统统计到“政策文件”类信息{types.get('政策文件', 0)}条，可供核对"
    rows: list[Sequence[Cell]] = [
        ("第二十条第（一）项", "行政规章", "", "", "", MANUAL),
        ("第二十条第（一）项", "行政规范性文件", "", "", "", hint),
        ("第二十条第（五）项", "行政许可（本年处理决定数量）", "", "", "", MANUAL),
        ("第二十条第（六）项", "行政处罚（本年处理决定数量）", "", "", "", MANUAL),
        ("第二十条第（六）项", "行政强制（本年处理决定数量）", "", "", "", MANUAL),
        ("第二十条第（八）项", "行政事业性收费（本年收费金额，万元）", "", "", "", MANUAL),
    ]
    return Sheet("主动公开情况（表二草稿）", heads, rows)


def work_sheet(stored: Stored, ledger: Ledger) -> Sheet:
    """What the office did in the year, from the ledger and the rounds."""
    year = stored.judgement.round[:4]
    seen: dict[str, set[str]] = defaultdict(set)
    for entry in ledger.entries.values():
        for mark in entry.marks:
            if mark.round.startswith(year) and entry.finding.certainty == "confirmed" and not entry.dismissed:
                seen[mark.sight].add(entry.fingerprint)
    category = Counter((ledger.entries[f].finding.category, sight) for sight in ("found", "fixed") for f in seen[sight])
    handled = sum(any(change.at.year == int(year) for change in entry.log) for entry in ledger.entries.values())
    n = compute(stored.judgement, stored.inventory, stored.previous)
    rows: list[Sequence[Cell]] = [
        ("开展巡查", len(stored.rounds), "轮", COUNTED),
        ("印发通报", "", "期", MANUAL),
        ("开展专项整治", "", "次", MANUAL),
        ("检查网站", n.sites.checked, "个", COUNTED),
        ("发现问题", len(seen["found"]), "个", COUNTED),
        ("完成整改", len(seen["fixed"]), "个", COUNTED),
        ("办理台账问题", handled, "个", COUNTED),
        ("发现域名不规范", category["域名不规范", "found"], "处", COUNTED),
        ("清理规范域名", category["域名不规范", "fixed"], "处", COUNTED),
        ("清理失效链接", category["链接不可用", "fixed"], "条", COUNTED),
        ("整改未更新和空白栏目", category["栏目不更新", "fixed"] + category["空白栏目", "fixed"], "个", COUNTED),
        ("转载上级政策文件", "", "件", MANUAL),
        ("问责、约谈", "", "人次", MANUAL),
    ]
    return Sheet("年度工作统计", (("项目", 30), ("数量", 12), ("单位", 8), ("填报方式", 14)), rows)


def rounds_sheet(stored: Stored) -> Sheet:
    """Every round of the year in numbers."""
    rows: list[Sequence[Cell]] = []
    for judgement in stored.rounds:
        n = _numbers(judgement, stored)
        rate = figures.rate(n.sites.passed, n.sites.concluded)
        counts = (n.sites.checked, n.sites.passed, n.sites.failed, n.sites.pending)
        rows.append((figures.period_name(judgement.round), *counts, rate, len(n.problems), len(judgement.closed)))
    named = (("轮次", 18), ("检查网站", 10), ("合格", 8), ("不合格", 8), ("待复核", 8), ("合格率", 10))
    return Sheet("各轮情况", (*named, ("问题数", 10), ("当轮确认整改", 14)), rows)


def _numbers(judgement: Judgement, stored: Stored) -> Any:
    return compute(judgement, stored.inventory)
