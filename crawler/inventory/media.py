"""政务新媒体 accounts out of the table that an office keeps or a platform exports (XLSX or CSV)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from openpyxl import load_workbook

from crawler.inventory.models import Inventory, MediaAccount
from crawler.inventory.wording import nearest
from crawler.inventory.yamlfile import BadInput, Problem, model_problems

_HEADS = {
    "unit": ("主办单位", "主办单位名称", "责任单位", "单位名称", "单位"),
    "platform": ("平台", "平台类型", "新媒体类型", "账号类型"),
    "name": ("账号名称", "新媒体名称", "名称", "账号"),
    "last_post": ("最近更新日期", "最近更新时间", "最近发布日期", "最后更新日期", "最后发布时间"),
    "state": ("状态", "账号状态", "运行状态"),
    "page": ("公开列表页", "列表页网址", "网页地址"),
    "feed": ("订阅地址", "订阅源", "RSS地址"),
}
_NAMED = {head: field for field, heads in _HEADS.items() for head in heads}
_STATES = (("已注销", r"注销|关停|关闭"), ("已合并", r"合并|整合|迁移|归并"))
_DAY = re.compile(r"^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
_LABEL = "新媒体名录"


def media_accounts(path: str | Path, inventory: Inventory) -> list[MediaAccount]:
    """The accounts of a table, units by name or id. BadInput names row, head and remedy of every mistake."""
    file = Path(path)
    units = {unit.name: unit.id for unit in inventory.units} | {unit.id: unit.id for unit in inventory.units}
    accounts, problems = [], []
    for number, row in _rows(file):
        name = row.get("unit", "")
        if name not in units:
            guess = nearest(name, [unit.name for unit in inventory.units])
            remedy = f"是否为“{guess}”" if guess else "填写清单 units 中的单位名称或编号"
            problems.append(Problem(str(file), number, "主办单位", f"清单中没有单位“{name}”", remedy))
            continue
        data: dict[str, Any] = row | {"unit": units[name]}
        if found := next((state for state, words in _STATES if re.search(words, row.get("state", ""))), None):
            data["state"] = found
        else:
            data.pop("state", None)
        for place, message, remedy in model_problems(data, MediaAccount):
            head = _HEADS.get(str(place[0]), (str(place[0]),))[0] if place else ""
            problems.append(Problem(str(file), number, head, message, remedy))
        accounts.append(data)
    if problems:
        raise BadInput(problems, label=_LABEL)
    return [MediaAccount.model_validate(one) for one in accounts]


def media_yaml(path: str | Path, inventory: Inventory) -> str:
    """The `media_accounts` of an inventory, as YAML text."""
    rows = [one.model_dump(exclude_defaults=True) for one in media_accounts(path, inventory)]
    return yaml.safe_dump({"media_accounts": rows}, allow_unicode=True, sort_keys=False, width=200)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, cells by field) under the head row, empty rows left out."""
    fields: list[str] = []
    for number, cells in enumerate(_cells(path), 1):
        if not fields:
            named = [_NAMED.get(re.sub(r"[\s*＊]+", "", cell), "") for cell in cells]
            fields = named if {"platform", "name"} <= set(named) else []
            continue
        row = {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell}
        if row:
            yield number, row
    if not fields:
        remedy = "表头应有“主办单位”“平台”“账号名称”，可另有“最近更新日期”“状态”“公开列表页”“订阅地址”"
        raise BadInput([Problem(str(path), None, "", "没有找到表头", remedy)], label=_LABEL)


def _cells(path: Path) -> list[list[str]]:
    try:
        if path.suffix.lower() == ".csv":
            return [[_text(cell) for cell in row] for row in csv.reader(io.StringIO(_decoded(path.read_bytes())))]
        sheet = load_workbook(path, data_only=True).worksheets[0]
        return [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except FileNotFoundError:
        raise BadInput([Problem(str(path), None, "", "文件不存在", "核对路径")], label=_LABEL) from None
    except Exception as error:  # openpyxl raises what its zip and XML readers raise
        remedy = "在 Excel 或 WPS 中另存为 .xlsx 或 .csv"
        raise BadInput([Problem(str(path), None, "", f"无法读取（{error}）", remedy)], label=_LABEL) from None


def _decoded(content: bytes) -> str:
    """CSV as Excel writes it: UTF-8 with or without a mark, else GB18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _text(value: Any) -> str:
    """A cell as text; 2026年11月8日, 2026/11/8 and a day with a time become 2026-11-08."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    text = "" if value is None else str(value).strip()
    day = _DAY.match(text)
    return f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}" if day else text
