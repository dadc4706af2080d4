"""问题台账.xlsx: one sheet a view, with frozen heads, filters and drop-downs; page text never becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from crawler.inventory import Inventory
from reports import figures
from reports.files import bounded, same_zip
from reports.forms_sheet import add_forms, form_rows
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
from reports.problems import Names
from reports.sheets import Cell, Sheet, fields_sheet, log_sheet, round_sheets
from rules.forms import Answer
from rules.ledger import Ledger
from rules.schema import Judgement

LEDGER, WAITING, CLOSED = "问题台账", "待核实", "已整改"
_A3 = 8
_SPARE = 500  # rows below the last that keep the drop-downs, for problems added by hand


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
    answers = [Answer.model_validate(one) for one in judgement.extra.get("answers", ())]
    rows = form_rows(judgement.extra.get("asked", ()), answers, inventory, judgement.extra.get("samples", ()))
    add_forms(book, formats, judgement.round, rows)
    for sheet in (*round_sheets(judgement, inventory, before), fields_sheet()):
        plain_sheet(book, formats, sheet)
    book.close()
    return same_zip(buffer.getvalue())


def build_ledger(ledger: Ledger, judgement: Judgement, inventory: Inventory) -> bytes:
    """The whole ledger of all rounds: open, waiting, fixed and dismissed problems, and who changed what."""
    names = Names(judgement, inventory)
    book, buffer, formats = _open(judgement, inventory)
    for name, rows in all_rows(ledger, names).items():
        _ledger_sheet(book, formats, name, rows)
    plain_sheet(book, formats, log_sheet(ledger, names))
    plain_sheet(book, formats, fields_sheet())
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
    return book, buffer, formats_of(book)


def formats_of(book: Any) -> dict[str, Any]:
    """The workbook's cell formats by use."""
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
    sheet.set_paper(_A3)  # on one sheet of A4 nobody can read twenty-seven columns
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, 1)


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


def plain_sheet(book: Any, formats: dict[str, Any], table: Sheet) -> None:
    """One table as a worksheet with frozen head, filter and widths."""
    sheet = book.add_worksheet(table.name)
    for c, (head, width) in enumerate(table.heads):
        sheet.set_column(c, c, width)
        sheet.write_string(0, c, head, formats["head"])
    for r, row in enumerate(table.rows, 1):
        for c, value in enumerate(row):
            _write(sheet, r, c, value, formats)
    _frame(sheet, len(table.rows), len(table.heads) - 1)
