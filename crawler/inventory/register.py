"""An inventory out of the register workbook (网站名录, 栏目名录) that an office keeps anyway."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args
from urllib.parse import urlsplit

import yaml
from openpyxl import load_workbook

from crawler.inventory.checks import cross_checks
from crawler.inventory.models import ColumnType, Inventory, Registered
from crawler.inventory.wording import nearest
from crawler.inventory.yamlfile import MAX_BYTES, BadInput, Problem, at, model_problems

_HEADERS = {
    "name": ("网站名称", "站点名称", "网站中文名称"),
    "url": ("首页网址", "网址", "网站网址", "首页地址", "网站域名", "域名", "网站地址"),
    "unit": ("主办单位", "主办单位名称", "责任单位", "单位名称"),
    "site_code": ("网站标识码", "标识码"),
    "kind": ("网站类型", "网站类别", "站点类型"),
    "state": ("网站状态", "运行状态", "状态"),
    "since": ("状态变更日期", "下线日期", "关停日期", "变更日期"),
    "column": ("栏目名称", "栏目"),
    "column_url": ("栏目网址", "栏目地址", "栏目链接"),
    "type": ("栏目类型", "栏目类别"),
    "update_days": ("更新期限", "更新周期", "应更新天数"),
    "site": ("所属网站", "所在网站"),
}
_NAMED = {name: key for key, names in _HEADERS.items() for name in names}
_UNIT_KINDS = (
    ("government", r"人民政府(?:办公[室厅])?$"),
    ("township", r"(?:[乡镇]人民政府|街道办事处|[乡镇]政府)$"),
    ("vertical", r"^(?:国家税务总局|中国人民银行|国家统计局)|(?:海关|税务局|气象局|烟草专卖局|消防救援大队)$"),
    ("institution", r"(?:医院|学校|中学|小学|大学|学院|图书馆|中心)$"),
)


class _Row(NamedTuple):
    sheet: str
    number: int  # 1-based row in the sheet
    cells: dict[str, str]


def inventory_from_register(path: str | Path, *, city: str = "", region_code: str = "", issuer: str = "") -> str:
    """YAML text of the inventory a register workbook describes, valid as it is.

    What is not given is read from the portal's row: the city from its name, the code from its 网站标识码.
    BadInput names sheet, row and remedy.
    """
    rows = list(_rows(Path(path)))
    file = str(path)
    site_rows = [row for row in rows if "name" in row.cells and "url" in row.cells and not _closed(row)]
    if not site_rows:
        remedy = "表头应有“网站名称”“首页网址”“主办单位”，可另有“网站标识码”“网站类型”"
        raise BadInput([Problem(file, None, "", "没有找到网站名录", remedy)], label="名录表")
    units = _Units()
    sites = _sites(site_rows, units)
    problems = list(_columns(rows, sites, units, file))
    first = next((site for site in sites if site["kind"] == "portal"), sites[0])
    data = {
        "city": city or re.split(r"人民政府|政府|门户", first["name"])[0],
        "region_code": region_code or str(first.get("site_code", ""))[:6],
        "issuer": issuer or first["issuer"],
        "units": units.listed,
        "sites": [{key: value for key, value in site.items() if key != "issuer"} for site in sites],
    }
    problems += [at(file, data, {(): 0}, *one)._replace(line=None) for one in _invalid(data)]
    if problems:
        raise BadInput(problems, label="名录表")
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=200)


_STATES = (("永久下线", r"关停|注销|归并|整合|迁移|永久"), ("临时下线", r"临时|暂停"))
_DAY = re.compile(r"^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")


def registered_yaml(path: str | Path) -> str:
    """The `registered` of an inventory, as YAML text, out of an export of the national register (XLSX).

    BadInput names row and remedy of every mistake.
    """
    rows = [row for row in _rows(Path(path)) if "name" in row.cells and "url" in row.cells]
    if not rows:
        remedy = "表头应有“网站名称”和“首页网址”或“域名”，可另有“主办单位”“网站标识码”“网站状态”“下线日期”"
        raise BadInput([Problem(str(path), None, "", "没有找到登记表", remedy)], label="登记表")
    found, problems = [], []
    for row in rows:
        given: dict[str, Any] = {key: row.cells[key] for key in Registered.model_fields if key in row.cells}
        given.pop("state", None)
        if state := next((name for name, words in _STATES if re.search(words, row.cells.get("state", ""))), None):
            given["state"] = state
        if day := _DAY.match(given.get("since", "")):
            given["since"] = f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}"
        for place, message, remedy in model_problems(given, Registered):
            problems.append(Problem(str(path), row.number, str(place[0]) if place else "", message, remedy))
        found.append(given)
    if problems:
        raise BadInput(problems, label="登记表")
    listed = [Registered.model_validate(one).model_dump(exclude_defaults=True) for one in found]
    return yaml.safe_dump({"registered": listed}, allow_unicode=True, sort_keys=False, width=200)


def _invalid(data: dict[Any, Any]) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    for path, message, remedy in [*model_problems(data, Inventory), *cross_checks(data)]:
        option = {"region_code": "--region-code", "city": "--city", "issuer": "--issuer"}.get(str(path[0]))
        yield path, message, f"用 {option} 给出" if option else remedy


def _rows(path: Path) -> Iterator[_Row]:
    def bad(message: str, remedy: str) -> BadInput:
        return BadInput([Problem(str(path), None, "", message, remedy)], label="名录表")

    if not path.is_file():
        raise bad("文件不存在", "核对路径")
    if path.stat().st_size > MAX_BYTES:
        raise bad(f"文件超过 {MAX_BYTES // 1_000_000} MB", "核对是否选错文件")
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise bad("不是 xlsx 工作簿", "在 Excel 或 WPS 中另存为 .xlsx") from None
    except Exception as error:  # openpyxl raises what its XML parser raises
        raise bad(f"工作簿无法读取（{error}）", "在 Excel 或 WPS 中另存为 .xlsx") from None
    try:
        for sheet in book.worksheets:
            yield from _sheet_rows(sheet.title, sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _sheet_rows(title: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[_Row]:
    """The rows under the head row; the head row is the first that names two things we know, one of them an address."""
    head: dict[int, str] = {}
    for number, values in enumerate(rows, 1):
        if not head:
            found = {i: _NAMED[_cell(v)] for i, v in enumerate(values) if _cell(v) in _NAMED}
            if len(found) > 1 and {"url", "column_url"} & set(found.values()):
                head = found
            elif number > 20:
                return
            continue
        cells = {key: _cell(values[i]) for i, key in head.items() if i < len(values) and _cell(values[i])}
        if cells:
            yield _Row(title, number, cells)


def _cell(value: Any) -> str:
    """The cell as text: 5329010001.0 is a code, not a number; the head's line breaks and stars are dressing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"[\s*＊]+", "", "" if value is None else str(value))


def _closed(row: _Row) -> bool:
    return bool(re.search(r"关停|注销|归并|迁移", row.cells.get("state", "")))


class _Units:
    """Units by name, each with a made-up id."""

    def __init__(self) -> None:
        self.listed: list[dict[str, str]] = []
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        if name not in self._ids:
            self._ids[name] = f"u{len(self._ids) + 1:02d}"
            kind = next((kind for kind, pattern in _UNIT_KINDS[::-1] if re.search(pattern, name)), "department")
            self.listed.append({"id": self._ids[name], "name": name, "kind": kind})
        return self._ids[name]


def _sites(rows: list[_Row], units: _Units) -> list[dict[str, Any]]:
    sites: list[dict[str, Any]] = []
    taken: set[str] = set()
    for row in rows:
        cells = row.cells
        kind = "portal" if "门户" in cells.get("kind", cells["name"]) else "department"
        url = cells["url"] if re.match(r"https?://", cells["url"]) else f"http://{cells['url']}"
        site: dict[str, Any] = {
            "id": _site_id(url, kind, taken),
            "name": cells["name"],
            "kind": kind,
            "unit": units.id_of(cells.get("unit", cells["name"])),
            "url": url if urlsplit(url).path else f"{url}/",
            "issuer": cells.get("unit", cells["name"]),
        }
        if "site_code" in cells:
            site["site_code"] = cells["site_code"]
        sites.append(site)
    return sites


def _site_id(url: str, kind: str, taken: set[str]) -> str:
    """`portal`, else the first label of the host, numbered when it is taken."""
    label = (urlsplit(url).hostname or "site").removeprefix("www.").split(".")[0]
    base = "portal" if kind == "portal" else re.sub(r"[^A-Za-z0-9_\-]", "", label)[:48] or "site"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return name


def _columns(rows: list[_Row], sites: list[dict[str, Any]], units: _Units, file: str) -> Iterator[Problem]:
    """Puts the columns of the workbook under their sites and yields the rows that fit nowhere."""
    by_name = {site["name"]: site for site in sites}
    types = list(get_args(ColumnType))
    for sheet, number, cells in rows:
        if "column" not in cells or "column_url" not in cells:
            continue
        name = cells.get("site") or cells.get("name") or (sites[0]["name"] if len(sites) == 1 else "")
        site = by_name.get(name)
        place = f"工作表“{sheet}”"
        if site is None:
            guess = nearest(name, list(by_name))
            remedy = f"是否为“{guess}”" if guess else "在“所属网站”列填写网站名录中的名称"
            yield Problem(file, number, place, f"所属网站“{name}”不在网站名录中", remedy)
            continue
        listed = site.setdefault("columns", [])
        column: dict[str, Any] = {"id": f"c{len(listed) + 1:03d}", "name": cells["column"], "url": cells["column_url"]}
        if "type" in cells:
            column["type"] = cells["type"]
            if cells["type"] not in types:
                guess = nearest(cells["type"], types)
                remedy = (f"是否为“{guess}”；" if guess else "") + f"可选：{'、'.join(types)}"
                yield Problem(file, number, place, f"没有栏目类型“{cells['type']}”", remedy)
                column["type"] = "其他"
        if "unit" in cells and units.id_of(cells["unit"]) != site["unit"]:
            column["unit"] = units.id_of(cells["unit"])
        if days := re.search(r"\d+", cells.get("update_days", "")):
            column["update_days"] = int(days.group())
        listed.append(column)
