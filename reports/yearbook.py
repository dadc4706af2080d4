"""The year's papers: pre-filled annual report, disclosure by class and unit, table 2 draft, work done, a dashboard."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from reports import figures
from reports.annual import MANUAL, annual_sheet
from reports.csvfiles import FOLDER as CSV
from reports.csvfiles import csv_of
from reports.files import same_zip, write_all
from reports.numbers import compute, count_published
from reports.outline import outline_report
from reports.problems import Names
from reports.publications import class_of, classified, classified_units, column_rows, forms
from reports.sheets import Cell, Sheet
from reports.stored import Stored
from reports.workbook import formats_of, plain_sheet
from reports.yearpage import build_year_page
from reports.yearwork import work_sheet
from rules.ledger import Ledger

TABLES, DATA, PAGE = "年度报表.xlsx", "年度数据.json", "年度看板.html"
OUTLINE = "政务公开工作要点落实情况（草稿）.docx"


def write_year(stored: Stored, folder: Path, ledger: Ledger) -> list[Path]:
    """The year's tables as workbook, CSV and JSON, its dashboard and the draft report. Raises OutputError."""
    sheets = year_sheets(stored, ledger)
    made = [
        (folder / TABLES, year_workbook(stored, sheets)),
        (folder / DATA, year_json(stored, sheets)),
        (folder / PAGE, build_year_page(stored, ledger)),
        (folder / OUTLINE, outline_report(stored, disclosure_rows(stored), ledger)),
    ]
    paths = write_all(made)
    write_all((folder / CSV / name, content) for name, content in year_csv(sheets))
    return paths


def year_sheets(stored: Stored, ledger: Ledger) -> list[Sheet]:
    """All tables of the year."""
    return [
        annual_sheet(stored),
        disclosure_sheet(stored),
        units_sheet(stored),
        table_two(stored),
        work_sheet(stored, ledger),
        rounds_sheet(stored),
    ]


def year_workbook(stored: Stored, sheets: Sequence[Sheet]) -> bytes:
    """All year tables; each cell of the official forms says whether the system counted it or a person must."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    when = figures.moment(stored.judgement.as_of).replace(tzinfo=None)
    book.set_properties({"title": f"{stored.inventory.city}{stored.judgement.round}年度报表", "created": when})
    formats = formats_of(book)
    for sheet in sheets:
        plain_sheet(book, formats, sheet)
    book.close()
    return same_zip(buffer.getvalue())


def year_json(stored: Stored, sheets: Sequence[Sheet]) -> bytes:
    """The same tables for other programs: {year, as_of, tool, tables: {name: [{head: value}]}}."""
    tables = {s.name: [dict(zip([h for h, _ in s.heads], row, strict=True)) for row in s.rows] for s in sheets}
    j = stored.judgement
    data = {"year": j.round, "as_of": j.as_of, "tool": j.tool, "rounds": [r.round for r in stored.rounds]}
    return (json.dumps(data | {"tables": tables}, ensure_ascii=False, indent=2) + "\n").encode()


def year_csv(sheets: Sequence[Sheet]) -> Iterator[tuple[str, bytes]]:
    """File name and content of each table."""
    for sheet in sheets:
        yield f"{sheet.name}.csv", csv_of(sheet)


def disclosure_rows(stored: Stored) -> list[tuple[str, str, int, str, str, str]]:
    """(item, class, count, share, newest date, units) of each class; the shares add up to 100 %."""
    names = Names(stored.judgement, stored.inventory)
    columns = column_rows([*stored.rounds, stored.judgement])
    counted = classified(published_of(stored), columns)
    here: dict[str, list[dict[str, Any]]] = {}
    for row in columns.values():
        here.setdefault(class_of(str(row.get("type") or "其他"), str(row.get("name") or "")), []).append(row)
    table = forms()["classes"]
    shares = figures.shares([counted[entry["name"]] for entry in table])
    rows = []
    for entry, share in zip(table, shares, strict=True):
        mine = here.get(entry["name"], [])
        newest = max((str(c["newest"]) for c in mine if c.get("newest")), default="")
        owners = "、".join(dict.fromkeys(names.unit(str(c.get("unit") or "")) for c in mine))
        rows.append((entry["item"], entry["name"], counted[entry["name"]], share, newest, owners))
    return rows


def published_of(stored: Stored) -> dict[str, Any]:
    """`extra.published` of the period."""
    raw = stored.judgement.extra.get("published")
    return raw if isinstance(raw, dict) else {}


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
    """Published items by unit and class; a unit without any is left blank, not 0 (counting rules of domain 3.3)."""
    names = Names(stored.judgement, stored.inventory)
    published = published_of(stored)
    table = classified_units(published, column_rows([*stored.rounds, stored.judgement]))
    totals = dict(count_published(published).by_unit)
    kinds = [e["name"] for e in forms()["classes"] if any(counts[e["name"]] for counts in table.values())]
    units = [u.id for u in stored.inventory.units]
    rows: list[Sequence[Cell]] = []
    for i, unit in enumerate([*units, *sorted(set(totals) - set(units))], 1):
        mine = table.get(unit, Counter())
        rows.append((i, names.unit(unit), totals.get(unit, ""), *(mine[kind] or "" for kind in kinds), ""))
    by_kind = [sum(counts[kind] for counts in table.values()) for kind in kinds]
    whole, added = count_published(published).total, sum(totals.values())
    joint = f"全市发布{whole}条；几个单位联合发布或分别发布同一信息的，各单位各计一条" if added > whole else ""
    rows.append(("", "各单位合计", added, *by_kind, joint))
    heads = (("序号", 6), ("责任单位", 34), ("发布信息（条）", 14), *((kind, 14) for kind in kinds), ("备注", 40))
    return Sheet("单位发布统计", heads, rows)


def table_two(stored: Stored) -> Sheet:
    """Table 2 主动公开政府信息情况 as a draft: a crawler counts what is posted, never what was decided."""
    heads = (("条款", 22), ("信息内容", 26), ("本年制发件数", 14), ("本年废止件数", 14), ("现行有效件数", 14))
    more = (("本年处理决定数量", 16), ("本年收费金额（万元）", 18), ("填报方式", 14), ("核对参考", 60))
    seen = classified(published_of(stored), column_rows([*stored.rounds, stored.judgement]))
    forms_ = published_of(stored).get("by_document") or {}
    official = sum(int(n) for kind, n in forms_.items() if kind != "其他")
    first = "行政法规、规章和规范性文件"
    hints = {
        "规章": "",
        "行政规范性文件": f"系统统计到“{first}”类信息{seen[first]}条、公文{official}条，请对照规范性文件库认定",
        "行政许可": _posted(seen, "行政许可和其他对外管理服务事项"),
        "行政处罚": _posted(seen, "行政处罚、行政强制"),
        "行政强制": _posted(seen, "行政处罚、行政强制"),
        "行政事业性收费": "",
    }
    clauses = ("（一）", "（一）", "（五）", "（六）", "（六）", "（八）")
    blank = {"规章": 3, "行政规范性文件": 3}
    rows: list[Sequence[Cell]] = []
    for clause, (name, hint) in zip(clauses, hints.items(), strict=True):
        asked = ["", "", ""] if name in blank else ["——"] * 3
        decided = "" if clause in ("（五）", "（六）") else "——"
        money = "" if clause == "（八）" else "——"
        rows.append((f"第二十条第{clause}项", name, *asked, decided, money, MANUAL, hint))
    return Sheet("主动公开情况（表二草稿）", (*heads, *more), rows)


def _posted(seen: Counter[str], name: str) -> str:
    return f"网站“{name}”类栏目发布信息{seen[name]}条，只是已公开的，请以办理数量为准" if seen[name] else ""


def rounds_sheet(stored: Stored) -> Sheet:
    """Every round of the year in numbers."""
    rows: list[Sequence[Cell]] = []
    for judgement in stored.rounds:
        n = compute(judgement, stored.inventory)
        rate = figures.rate(n.sites.passed, n.sites.concluded)
        counts = (n.sites.checked, n.sites.passed, n.sites.failed, n.sites.pending)
        rows.append((figures.period_name(judgement.round), *counts, rate, len(n.problems), len(judgement.closed)))
    named = (("轮次", 18), ("检查网站", 10), ("合格", 8), ("不合格", 8), ("待复核", 8), ("合格率", 10))
    return Sheet("各轮情况", (*named, ("问题数", 10), ("当轮确认整改", 14)), rows)
