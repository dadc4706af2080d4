"""CSV of every table, for other programs and for WPS: UTF-8 with a mark, and no cell that a suite would execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from crawler.inventory import Inventory
from reports.files import bounded
from reports.ledger_rows import CELL_LIMIT, FIELDS, ledger_rows, waiting_rows
from reports.problems import Names
from reports.sheets import Cell, Sheet, round_sheets
from rules.ledger import Ledger
from rules.schema import Judgement

FOLDER = "csv"
_EXECUTED = ("=", "+", "-", "@", "\t", "\r")


def csv_files(
    judgement: Judgement, inventory: Inventory, before: Judgement | None, ledger: Ledger | None = None
) -> Iterator[tuple[str, bytes]]:
    """File name and content of each table of the round."""
    names = Names(judgement, inventory)
    for title, rows in (("问题台账", ledger_rows), ("待核实", waiting_rows)):
        heads = (*((field.head, 0.0) for field in FIELDS), ("系统编号", 0.0))
        cells = [(*(row.cells[f.key] for f in FIELDS), row.id) for row in rows(judgement, names, ledger)]
        yield f"{title}.csv", csv_of(Sheet(title, heads, cells))
    for sheet in round_sheets(judgement, inventory, before):
        yield f"{sheet.name}.csv", csv_of(sheet)


def csv_of(sheet: Sheet) -> bytes:
    """One table. Text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP CSV injection)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([head for head, _ in sheet.heads])
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _safe(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return cell
    text = bounded(cell, CELL_LIMIT)
    return f"'{text}" if text.startswith(_EXECUTED) else text
