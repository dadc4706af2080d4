"""人工填报: what only a person knows, as a worksheet of the round's workbook, read back for `scrapy judge`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import load_workbook

from crawler.inventory import BadInput, Inventory, Problem
from crawler.inventory.yamlfile import model_problems
from reports.files import bounded, same_zip
from rules.forms import TRIED, Answer, Answers, answer_mistakes, drawn_titles
from rules.loader import RuleSet

NAME = "人工填报"
RESULTS = ("有问题", "无问题", "不适用")
_HEADS = (  # field of an answer, head, width, whether a person fills it in
    ("rule", "指标", 8, False),
    ("name", "指标名称", 20, False),
    ("site", "站点编号", 10, False),
    ("site_name", "网站", 28, False),
    ("cases", "情形与分值", 50, False),
    ("result", "结论", 10, True),
    ("item", "第几种情形", 11, True),
    ("count", "几处", 7, True),
    ("url", "问题网址", 36, True),
    ("text", "情况说明", 36, True),
    ("unit", "责任单位编号", 13, True),
    ("by", "填报人", 10, True),
    ("on", "填报日期", 12, True),
    ("proof", "佐证材料", 28, True),
    ("state", "填报情况", 10, False),
)
_FIELD = {head: name for name, head, *_ in _HEADS}
_HEAD = {name: head for name, head, *_ in _HEADS}
_FILLED = tuple(name for name, _, _, fill in _HEADS if fill)
_ROUND = "轮次"
_CELL = 30_000
_SPARE = 200  # rows below the last that keep the drop-down, for further cases of an indicator


def form_rows(
    wanted: Sequence[Mapping[str, Any]],
    answers: Sequence[Answer],
    inventory: Inventory,
    samples: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """A row for each answer given and for each thing still asked; `wanted` as rules.forms.asked tells it.

    `samples` are the judgement's: the titles that were drawn for a test stand below the cases.
    """
    names = {site.id: site.name for site in inventory.sites}
    rows = []
    for ask in wanted:
        lines = [*ask.get("cases", ()), *(f"{TRIED}{title}" for title in drawn_titles(ask, samples))]
        told = {**ask, "site_name": names.get(str(ask["site"]), ask["site"]), "cases": "\n".join(lines)}
        mine = [one for one in answers if (one.rule, one.site) == (ask["rule"], ask["site"])]
        rows += [told | one.model_dump() | {"state": "已填报"} for one in mine] or [told | {"state": "未填报"}]
    return rows


def add_forms(book: Any, formats: Mapping[str, Any], round_name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The worksheet in an open workbook; nothing where nothing is asked."""
    if not rows:
        return
    sheet = book.add_worksheet(NAME)
    for column, (_, head, width, fill) in enumerate(_HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats["edit_head" if fill else "head"])
    sheet.set_column(len(_HEADS), len(_HEADS), 10, None, {"hidden": True})
    sheet.write_string(0, len(_HEADS), _ROUND, formats["head"])
    for number, row in enumerate(rows, 1):
        for column, (name, _, _, fill) in enumerate(_HEADS):
            value = row.get(name, "")
            text = value.isoformat() if isinstance(value, date) else str(value)
            sheet.write_string(number, column, bounded(text, _CELL), formats["edit" if fill else "cell"])
        sheet.write_string(number, len(_HEADS), round_name, formats["cell"])
    result = [name for name, *_ in _HEADS].index("result")
    sheet.data_validation(1, result, len(rows) + _SPARE, result, {"validate": "list", "source": list(RESULTS)})
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, len(rows), len(_HEADS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def forms_workbook(round_name: str, rows: Sequence[Mapping[str, Any]], formats_of: Any) -> bytes:
    """A workbook of the form alone; `formats_of` makes the cell formats of a book."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # the same rows give the same bytes
    add_forms(book, formats_of(book), round_name, rows)
    book.close()
    return same_zip(buffer.getvalue())


def read_forms(path: Path, inventory: Inventory, ruleset: RuleSet) -> Answers:
    """The answers of a workbook's sheet, rows without a conclusion left out. BadInput names row, head and remedy."""
    rows = _rows(path)
    data = {
        "round": next((row["round"] for _, row in rows if row.get("round")), ""),
        "answers": [_answer(row) for _, row in rows],
    }
    problems = []
    for place, message, remedy in [*model_problems(data, Answers), *answer_mistakes(data, inventory, ruleset)]:
        line = rows[place[1]][0] if len(place) > 1 and place[0] == "answers" else None
        head = _HEAD.get(str(place[2]), str(place[2])) if len(place) > 2 else _ROUND
        problems.append(Problem(str(path), line, f"工作表“{NAME}” {head}", message, remedy))
    if problems:
        raise BadInput(problems, label="填报")
    return Answers.model_validate(data)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(row number, cells by field) of the rows that a person filled in."""
    try:
        book = load_workbook(path, read_only=False, data_only=True)
    except FileNotFoundError:
        raise _bad(path, "文件不存在", "核对路径") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise _bad(path, "不是 xlsx 工作簿", "在 Excel 或 WPS 中另存为 .xlsx") from None
    if NAME not in book.sheetnames:
        raise _bad(path, f"没有工作表“{NAME}”", "用台账工作簿，或 scrapy rules answers -o 填报.xlsx 生成的填报表")
    heads, *lines = [[_text(cell) for cell in row] for row in book[NAME].iter_rows(values_only=True)] or [[]]
    needed = [_HEAD[name] for name in ("rule", "site", "result", "by", "on")]
    missing = [head for head in needed if head not in heads]
    if missing:
        raise _bad(path, f"工作表“{NAME}”缺少列 {'、'.join(missing)}", "不要改动表头")
    fields = [_FIELD.get(head, "round" if head == _ROUND else "") for head in heads]
    found = []
    for number, line in enumerate(lines, 2):
        row = {name: cell for name, cell in zip(fields, line, strict=False) if name and cell}
        if any(name in row for name in _FILLED):
            found.append((number, row))
    return found


def _answer(row: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: row[name] for name in ("rule", "site", *_FILLED) if name in row}
    return given | {name: int(given[name]) for name in ("item", "count") if given.get(name, "").isdigit()}


def _text(value: Any) -> str:
    """A cell as text: a day as 2026-11-18, 3.0 as 3."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _bad(path: Path, message: str, remedy: str) -> BadInput:
    return BadInput([Problem(str(path), None, "", message, remedy)], label="填报")
