"""问题台账.xlsx: one sheet a view, with frozen heads, filters and drop-downs; page text never becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from crawler.inventory import Inventory
from reports import figures, told
from reports.files import bounded, same_zip
from reports.ledger_rows import (
    CELL_LIMIT,
    FIELDS,
    RESULTS,
    STATES,
    Row,
    all_rows,
    closed_rows,
    heads,
    ledger_rows,
    waiting_rows,
)
from reports.numbers import compute
from reports.problems import Names, rows_of
from rules.ledger import Ledger
from rules.schema import Judgement

Cell = str | int | float | None
LEDGER, WAITING, CLOSED = "问题台账", "待核实", "已整改"
_SPARE = 500  # rows below the last that keep the drop-downs, for problems added by hand


@dataclass(frozen=True)
class Sheet:
    """A plain table: heads with widths in characters, rows of cells."""

    name: str
    heads: tuple[tuple[str, float], ...]
    rows: Sequence[Sequence[Cell]]


def build_workbook(
    judgement: Judgement, inventory: Inventory, before: Judgement | None = None, ledger: Ledger | None = None
) -> bytes:
    """The round's workbook as bytes; the same judgement gives the same bytes. `ledger` holds what people filled in."""
    names = Names(judgement, inventory)
    book, buffer, formats = _open(judgement, inventory)
    _ledger_sheet(book, formats, LEDGER, ledger_rows(judgement, names, ledger))
    _ledger_sheet(book, formats, WAITING, waiting_rows(judgement, names, ledger))
    if closed := closed_rows(judgement, names, ledger):
        _ledger_sheet(book, formats, CLOSED, closed)
    for sheet in (
        columns_sheet(judgement, names),
        ipv6_sheet(judgement),
        sites_sheet(judgement, names),
        coverage_sheet(judgement, inventory, before),
        fields_sheet(),
    ):
        _plain_sheet(book, formats, sheet)
    book.close()
    return same_zip(buffer.getvalue())


def build_ledger(ledger: Ledger, judgement: Judgement, inventory: Inventory) -> bytes:
    """The whole ledger of all rounds: open, waiting, fixed and dismissed problems, and who changed what."""
    names = Names(judgement, inventory)
    book, buffer, formats = _open(judgement, inventory)
    for name, rows in all_rows(ledger, names).items():
        _ledger_sheet(book, formats, name, rows)
    _plain_sheet(book, formats, log_sheet(ledger, names))
    _plain_sheet(book, formats, fields_sheet())
    book.close()
    return same_zip(buffer.getvalue())


def _open(judgement: Judgement, inventory: Inventory) -> tuple[Any, io.BytesIO, dict[str, Any]]:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {
            "title": f"{inventory.city}政府网站问题台账（{figures.period_name(judgement.round)}）",
            "author": inventory.issuer,
            "comments": judgement.tool,
            "created": datetime.fromisoformat(judgement.as_of).replace(tzinfo=None),
        }
    )
    return book, buffer, _formats(book)


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


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
    head = {"bold": True, "bg_color": "#DCE6F1", "align": "center", "text_wrap": True}
    return {
        "head": book.add_format(base | head),
        "edit_head": book.add_format(base | head | {"bg_color": "#FFF2CC"}),
        "cell": book.add_format(base | {"text_wrap": True}),
        "edit": book.add_format(base | {"text_wrap": True, "bg_color": "#FFFBEB"}),
        "number": book.add_format(base | {"align": "center"}),
    }


def _write(sheet: Any, row: int, column: int, value: Cell, formats: dict[str, Any], style: str = "cell") -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, bounded(value or "", CELL_LIMIT), formats[style])


def _ledger_sheet(book: Any, formats: dict[str, Any], name: str, rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(name)
    for c, field in enumerate(FIELDS):
        sheet.set_column(c, c, field.width)
        sheet.write_string(0, c, field.head, formats["edit_head" if field.edit else "head"])
    hidden = len(FIELDS)
    sheet.set_column(hidden, hidden + 1, 20, None, {"hidden": True})
    for c, head in enumerate(heads()[hidden:], hidden):
        sheet.write_string(0, c, head, formats["head"])
    for r, row in enumerate(rows, 1):
        for c, field in enumerate(FIELDS):
            _write(sheet, r, c, row.cells[field.key], formats, "edit" if field.edit else "cell")
        sheet.write_string(r, hidden, row.id, formats["cell"])
        sheet.write_string(r, hidden + 1, row.hash, formats["cell"])
    _drop_downs(sheet, len(rows))
    _frame(sheet, len(rows), hidden - 1, freeze=5)


def _drop_downs(sheet: Any, count: int) -> None:
    for key, values in (("state", STATES), ("result", RESULTS)):
        column = next(i for i, field in enumerate(FIELDS) if field.key == key)
        rule = {
            "validate": "list",
            "source": list(values),
            "error_title": "请从下拉列表中选择",
            "error_message": "可选：" + "、".join(values),
        }
        sheet.data_validation(1, column, count + _SPARE, column, rule)


def _frame(sheet: Any, count: int, last: int, freeze: int = 1) -> None:
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, freeze)
    sheet.autofilter(0, 0, max(count, 1), last)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第&P页，共&N页")


def _plain_sheet(book: Any, formats: dict[str, Any], table: Sheet) -> None:
    sheet = book.add_worksheet(table.name)
    for c, (head, width) in enumerate(table.heads):
        sheet.set_column(c, c, width)
        sheet.write_string(0, c, head, formats["head"])
    for r, row in enumerate(table.rows, 1):
        for c, value in enumerate(row):
            _write(sheet, r, c, value, formats)
    _frame(sheet, len(table.rows), len(table.heads) - 1)


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
    counts: dict[str, int] = {}
    for row in ledger_rows(judgement, names):
        counts[str(row.cells["site"])] = counts.get(str(row.cells["site"]), 0) + 1
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
            counts.get(names.site(s.id), 0),
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
