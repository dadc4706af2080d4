"""问题台账.xlsx read back: every problem once, text stays text, drop-downs, frozen heads, hidden ids."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.csvfiles import csv_files
from reports.documents import LEDGER, write_documents
from reports.ledger_rows import FIELDS, HASH_HEAD, ID_HEAD, STATES, state_hash
from reports.workbook import build_workbook
from tests.reports import build
from tests.reports.recount import problems


@pytest.fixture(scope="module")
def content() -> bytes:
    """The workbook of the hostile city."""
    return build_workbook(build.judgement(), build.inventory(), build.previous())


@pytest.fixture(scope="module")
def book(content: bytes) -> Any:
    """The workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """Rows by head."""
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_sheets(book: Any) -> None:
    assert book.sheetnames == [
        "问题台账",
        "待核实",
        "已整改",
        "栏目更新",
        "IPv6",
        "站点结论",
        "政务新媒体",
        "覆盖情况",
        "字段说明",
    ]


def test_each_problem_once_and_suspects_apart(book: Any) -> None:
    data = build.judgement().model_dump(mode="json")
    ids = {row[ID_HEAD] for row in rows(book["问题台账"])}
    assert ids == {f["fingerprint"] for f in problems(data)}
    waiting = {row[ID_HEAD] for row in rows(book["待核实"])}
    assert waiting == {f["fingerprint"] for f in data["findings"] if f["certainty"] == "suspected" or f["needs_review"]}
    assert len(rows(book["已整改"])) == len(data["closed"])


def test_text_stays_text(book: Any, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    values = {cell.value for cell in cells}
    assert {
        "=cmd|' /C calc'!A0",
        "云岭市教育局<script>alert(1)</script>&科技局",
        "云岭市瀍垟堃邘鄠镕街道办事处",
    } <= values


def test_frozen_heads_filters_and_widths(book: Any) -> None:
    for sheet in book:
        assert sheet.freeze_panes is not None and sheet.auto_filter.ref
        assert all(sheet.column_dimensions[cell.column_letter].width > 3 for cell in sheet[1] if cell.value)


def test_drop_downs_offer_the_states(book: Any) -> None:
    lists = {v.formula1: str(v.sqref) for v in book["问题台账"].data_validations.dataValidation}
    assert '"' + ",".join(STATES) + '"' in lists
    letter = next(c.column_letter for c in book["问题台账"][1] if c.value == "状态")
    assert lists['"' + ",".join(STATES) + '"'].startswith(f"{letter}2:{letter}")


def test_hidden_id_and_hash_match_the_editable_cells(book: Any) -> None:
    sheet = book["问题台账"]
    hidden = [(d.min, d.max) for d in sheet.column_dimensions.values() if d.hidden]
    for head in (ID_HEAD, HASH_HEAD):
        column = next(cell.column for cell in sheet[1] if cell.value == head)
        assert any(first <= column <= last for first, last in hidden)
    keys = {field.head: field.key for field in FIELDS}
    for row in rows(sheet):
        cells = {keys[head]: value for head, value in row.items() if head in keys}
        assert row[HASH_HEAD] == state_hash(row[ID_HEAD], cells)


def test_numbers_are_numbers_and_long_cells_are_bounded() -> None:
    now = build.judgement()
    long = now.findings[0].model_copy(update={"message": "长" * 50_000 + "\x00\x0b", "where_count": 12})
    made = build_workbook(now.model_copy(update={"findings": [long]}), build.inventory())
    row = rows(openpyxl.load_workbook(io.BytesIO(made))["问题台账"])[0]
    assert len(row["问题描述"]) <= 2000 and row["涉及页面数"] == 12


def test_score_sheet_per_portal() -> None:
    now = build.judgement()
    lines = [
        {
            "id": "D4",
            "group": "发布解读",
            "name": "动态要闻",
            "cap": 5,
            "lost": 5.0,
            "state": "已检查",
            "findings": ["a"],
        },
        {
            "id": "D22",
            "group": "功能设计",
            "name": "可用性",
            "cap": 1,
            "lost": 0.7,
            "state": "已检查",
            "findings": ["b", "c"],
        },
    ]
    extra = {**now.extra, "score_sheets": {"portal": lines}}
    made = build_workbook(now.model_copy(update={"extra": extra}), build.inventory())
    found = rows(openpyxl.load_workbook(io.BytesIO(made))["评分表"])
    assert [(r["条款"], r["分值"], r["扣分"], r["得分"], r["问题数"]) for r in found[:2]] == [
        ("D4", 5, 5, 0, 1),
        ("D22", 1, 0.7, 0.3, 2),
    ]
    assert (found[2]["指标"] or found[2]["一级指标"], found[2]["扣分"], found[2]["得分"]) == ("合计", 5.7, 86.5)


def test_exemptions_and_samples_have_sheets_of_their_own() -> None:
    now = build.judgement()
    expired = {"rule": "V4.3", "url": "http://a.cn/zt/", "until": "2026-11-01", "reason": "历史专题", "by": "张某"}
    sample = {"rule": "D26", "site": "portal", "kind": "list", "size": 5, "of": 40, "pages": ["http://a.cn/1/"]}
    extra = {**now.extra, "expired_exemptions": [expired], "exempted": [], "samples": [sample]}
    book = openpyxl.load_workbook(
        io.BytesIO(build_workbook(now.model_copy(update={"extra": extra}), build.inventory()))
    )
    [row] = rows(book["豁免情况"])
    assert (row["状态"], row["网址"], row["批准人"], row["期限"]) == (
        "已到期，不再豁免", "http://a.cn/zt/", "张某", "2026-11-01",
    )  # fmt: skip
    [row] = rows(book["抽样记录"])
    assert (row["应抽"], row["总数"], row["实抽"], row["抽取的页面"]) == (5, 40, 1, "http://a.cn/1/")


def test_every_extra_may_be_missing() -> None:
    bare = build.judgement().model_copy(update={"extra": {}})
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(bare, build.inventory())))
    assert rows(book["栏目更新"]) == [] and rows(book["IPv6"]) == []


def test_same_judgement_same_bytes(content: bytes) -> None:
    assert content == build_workbook(build.judgement(), build.inventory(), build.previous())


def test_csv_is_read_by_suites_and_executes_nothing(tmp_path: Path) -> None:
    tables = dict(csv_files(build.judgement(), build.inventory(), build.previous()))
    assert set(tables) == {
        f"{name}.csv" for name in ("问题台账", "待核实", "栏目更新", "IPv6", "站点结论", "政务新媒体", "覆盖情况")
    }
    for name, content in tables.items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in read}) == 1, name
        assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))], name
    write_documents(build.judgement(), build.inventory(), tmp_path)
    assert (tmp_path / LEDGER).exists() and (tmp_path / "csv" / "问题台账.csv").exists()
