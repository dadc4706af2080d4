"""The register workbook an office keeps becomes an inventory that loads."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from crawler.inventory import BadInput, Inventory, Problem, Registered, load_inventory
from crawler.inventory.register import inventory_from_register, registered_yaml

DAY = datetime(2026, 11, 2)  # noqa: DTZ001 - as a cell of a workbook
HEAD = ["序号", "网站名称*", "首页网址", "主办单位", "网站标识码", "网站类型", "网站状态"]
PORTAL = [
    1,
    "云岭市人民政府门户网站",
    "www.yunling.gov.cn",
    "云岭市人民政府办公室",
    5329010001,
    "政府门户网站",
    "正常运行",
]
JYJ = [2, "云岭市教育局", "http://jyj.yunling.gov.cn/index.html", "云岭市教育局", "5329010012", "部门网站", "正常运行"]


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "名录.xlsx"
    book.save(path)
    return path


def imported(folder: Path, path: Path, **given: str) -> Inventory:
    out = folder / "out.yaml"
    out.write_text(inventory_from_register(path, **given), encoding="utf-8")
    return load_inventory(out)


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        inventory_from_register(path)
    return caught.value.problems


def test_sites_units_and_codes(tmp_path: Path) -> None:
    closed = [3, "云岭市旧网", "old.yunling.gov.cn", "云岭市教育局", "", "部门网站", "已关停"]
    other = [4, "税务局", "http://www.yunling.gov.cn:8080/tax/", "国家税务总局云岭市税务局", "", "部门网站", ""]
    title = [["云岭市政府网站名录（2026年11月）"], [], HEAD, PORTAL, JYJ, closed, other]
    inventory = imported(tmp_path, workbook(tmp_path, 名录=title))
    assert (inventory.city, inventory.region_code) == ("云岭市", "532901")
    assert inventory.issuer == "云岭市人民政府办公室"
    assert [(s.id, s.kind, s.site_code) for s in inventory.sites] == [
        ("portal", "portal", "5329010001"),
        ("jyj", "department", "5329010012"),
        ("yunling", "department", None),
    ]
    assert inventory.site("portal").url == "http://www.yunling.gov.cn/"
    assert [(u.name, u.kind) for u in inventory.units] == [
        ("云岭市人民政府办公室", "government"),
        ("云岭市教育局", "department"),
        ("国家税务总局云岭市税务局", "vertical"),
    ]
    assert inventory.unit(inventory.site("jyj").unit).name == "云岭市教育局"


def test_columns_with_their_units(tmp_path: Path) -> None:
    columns = [
        ["所属网站", "栏目名称", "栏目网址", "栏目类型", "责任单位", "更新周期"],
        ["云岭市人民政府门户网站", "要闻", "/yw/", "动态要闻", "云岭市人民政府办公室", ""],
        ["云岭市人民政府门户网站", "柳河动态", "/lhz/", "动态要闻", "柳河镇人民政府", "14天"],
    ]
    inventory = imported(tmp_path, workbook(tmp_path, 网站=[HEAD, PORTAL, JYJ], 栏目=columns))
    first, second = inventory.site("portal").columns
    assert (first.name, first.unit, first.update_days) == ("要闻", None, None)
    assert inventory.unit(second.unit or "").name == "柳河镇人民政府"
    assert inventory.unit(second.unit or "").kind == "township"
    assert second.update_days == 14


def test_what_is_given_wins(tmp_path: Path) -> None:
    path = workbook(tmp_path, a=[HEAD, JYJ])
    inventory = imported(tmp_path, path, city="某县", region_code="110101", issuer="某县政府办")
    assert (inventory.city, inventory.region_code, inventory.issuer) == ("某县", "110101", "某县政府办")


def test_two_sites_of_one_host_label_get_two_ids(tmp_path: Path) -> None:
    again = [3, "教育局二", "http://jyj.other.gov.cn/", "云岭市教育局", "", "", ""]
    inventory = imported(tmp_path, workbook(tmp_path, a=[HEAD, PORTAL, JYJ, again]))
    assert [site.id for site in inventory.sites] == ["portal", "jyj", "jyj2"]


def test_rows_that_fit_nowhere_are_told_with_sheet_and_row(tmp_path: Path) -> None:
    columns = [
        ["所属网站", "栏目名称", "栏目网址", "栏目类型"],
        ["云岭市人民政府门户网", "要闻", "/yw/", "动态要闻"],
        ["云岭市人民政府门户网站", "通知", "/tz/", "通知公示"],
    ]
    problems = problems_of(workbook(tmp_path, 网站=[HEAD, PORTAL, JYJ], 栏目=columns))
    assert [(p.field, p.line) for p in problems] == [("工作表“栏目”", 2), ("工作表“栏目”", 3)]
    assert "是否为“云岭市人民政府门户网站”" in problems[0].remedy
    assert "是否为“通知公告”" in problems[1].remedy


def test_missing_code_asks_for_the_option(tmp_path: Path) -> None:
    bare = [*PORTAL[:4], "", *PORTAL[5:]]
    (problem,) = problems_of(workbook(tmp_path, a=[HEAD, bare]))
    assert problem.field == "region_code"
    assert "--region-code" in problem.remedy


def test_two_rows_with_one_home(tmp_path: Path) -> None:
    assert "同一首页" in problems_of(workbook(tmp_path, a=[HEAD, PORTAL, PORTAL]))[0].message


def test_workbooks_that_are_none(tmp_path: Path) -> None:
    text = tmp_path / "a.xlsx"
    text.write_text("no workbook")
    assert "不是 xlsx 工作簿" in problems_of(text)[0].message
    assert "不存在" in problems_of(tmp_path / "none.xlsx")[0].message
    assert "没有找到网站名录" in problems_of(workbook(tmp_path, a=[["甲", "乙"], [1, 2]]))[0].message


def test_the_national_register_as_rows_to_compare_with(tmp_path: Path) -> None:
    head = ["序号", "网站名称", "域名", "主办单位", "网站标识码", "网站状态", "下线日期"]
    rows = [
        [1, "云岭市人民政府门户网站", "www.yunling.gov.cn", "云岭市人民政府办公室", 5329010001, "正常运行", ""],
        [2, "云岭市旧网", "http://old.yunling.gov.cn/", "云岭市教育局", "", "已关停整合", "2026年9月1日"],
        [3, "云岭旅游网", "lyw.yunling.gov.cn", "", "", "临时下线", DAY],
    ]
    given = yaml.safe_load(registered_yaml(workbook(tmp_path, 登记=[head, *rows])))
    found = [Registered.model_validate(one) for one in given["registered"]]
    assert [(one.host, one.site_code, one.state, one.since) for one in found] == [
        ("www.yunling.gov.cn", "5329010001", "正常运行", None),
        ("old.yunling.gov.cn", "", "永久下线", date(2026, 9, 1)),
        ("lyw.yunling.gov.cn", "", "临时下线", date(2026, 11, 2)),
    ]


def test_mistakes_of_a_national_register_are_told_by_row(tmp_path: Path) -> None:
    head = ["网站名称", "域名", "下线日期"]
    with pytest.raises(BadInput) as caught:
        registered_yaml(workbook(tmp_path, 登记=[head, ["甲", "没有", ""], ["乙", "b.gov.cn", "去年"]]))
    assert [(one.line, one.field) for one in caught.value.problems] == [(2, "url"), (3, "since")]
    with pytest.raises(BadInput):
        registered_yaml(workbook(tmp_path, 登记=[["栏目名称", "栏目网址"], ["甲", "/a/"]]))
