"""An inventory: the contract's example loads, and every mistake is told with line, field and remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

import crawler.inventory
from crawler.inventory import (
    BadInput,
    Inventory,
    Problem,
    default_inventory,
    inventory_warnings,
    load_inventory,
    load_model,
)
from crawler.inventory.jsonschema import SCHEMA_FILE, inventory_schema
from crawler.inventory.wording import fields_of
from tests.inventory.conftest import CONTRACT, line_of

ROOT = Path(__file__).resolve().parents[2]
Spoil = Callable[..., list[Problem]]


def test_contract_example(contract: Path) -> None:
    inventory = load_inventory(contract)
    portal = inventory.site("portal")
    assert inventory.region_code == "532901"
    assert inventory.unit("jyj").name == "云岭市教育局"
    assert portal.host == "www.yunling.gov.cn"
    assert portal.own_hosts == ["zwfw.yunling.gov.cn"]
    assert not portal.walk
    assert portal.column_url(portal.columns[2]) == "http://www.yunling.gov.cn/jyj/xx/"
    assert portal.columns[0].unit is None
    assert inventory.media_accounts[0].last_post == date(2026, 11, 18)
    assert inventory.exemptions[0].until == date(2027, 1, 31)
    assert inventory_warnings(contract) == []


def test_example_file_is_complete() -> None:
    """Every field of every model stands in the example, so that nobody has to read code to know it."""
    path = ROOT / "inventory.example.yaml"
    assert inventory_warnings(path) == []
    text = path.read_text(encoding="utf-8")
    models = [m for m in vars(crawler.inventory).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    assert len(models) == 9
    for model in models:
        for field in fields_of(model):
            assert f"{field}:" in text, f"{model.__name__}.{field}"


def test_schema_file_is_fresh() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == inventory_schema(), (
        "write it again: scrapy inventory schema > crawler/inventory/inventory.schema.json"
    )


def test_numbers_serve_as_text(tmp_path: Path) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(
        "city: 云岭市\nregion_code: 532901\nissuer: x\nunits: [{id: 7, name: 八一}]\n"
        "sites: [{id: 12, name: 9, unit: 7, url: 'http://a.gov.cn/', site_code: 5329010001}]\n"
    )
    inventory = load_inventory(path)
    assert (inventory.region_code, inventory.sites[0].id, inventory.sites[0].unit) == ("532901", "12", "7")
    assert inventory.sites[0].site_code == "5329010001"


def test_empty_optional_fields_are_absent(contract: Path) -> None:
    contract.write_text(CONTRACT.split("bulletin:")[0] + "bulletin:\n" + CONTRACT[CONTRACT.index("units:") :])
    inventory = load_inventory(contract)
    assert inventory.bulletin.shell == "letterhead"


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "remedy"),
    [
        ("robots:", "robot:", "sites[portal].robot", "不认识的字段", "“robots”"),
        ("deadline_workdays:", "deadline:", "bulletin.deadline", "不认识的字段", "“deadline_workdays”"),
        ("city:", "zzz:", "zzz", "不认识的字段", "city、region_code"),
        ("kind: portal ", "kind: portl ", "sites[portal].kind", "“portl”", "“portal”"),
        ("type: 通知公告", "type: 通知公示", "sites[portal].columns[tz].type", "“通知公示”", "“通知公告”；可选："),
        ("unit: jyj, update", "unit: jyi, update", "sites[portal].columns[jy1].unit", "没有编号为“jyi”", "“jyj”"),
        ("unit: zfb", "unit: zzz", "sites[portal].unit", "没有编号为“zzz”的单位", "units"),
        ("{unit: jyj, plat", "{unit: nobody, plat", "media_accounts[第1项].unit", "没有编号为“nobody”", "units"),
        ("id: tz,", "id: yw,", "sites[portal].columns[yw].id", "“yw”重复（与第1项相同）", "不重复"),
        ("{id: jyj, name", "{id: zfb, name", "units[zfb].id", "单位编号“zfb”重复", "不重复"),
        ("id: portal", "id: 门户", "sites[门户].id", "“门户”不合要求", "字母"),
        ('["/calendar/"]', '["/cal(endar"]', "sites[portal].ignore[第1项]", "正则表达式", "括号"),
        ("[yunling.gov.cn]", "['http://yunling.gov.cn/']", "sites[portal].aliases[第1项]", "不是域名", "只写域名"),
        ("url: http://www.yunling.gov.cn/\n", "url: www.yunling.gov.cn\n", "sites[portal].url", "不合要求", "http://"),
        ("url: http://www.yunling.gov.cn/\n", "url: http:///x\n", "sites[portal].url", "没有可用的域名", "核对"),
        ("url: http://www.yunling.gov.cn/\n", "url: http://a。cn/\n", "sites[portal].url", "没有可用的域名", "标点"),
        ("url: http://www.yunling.gov.cn/\n", "url: http://a.cn:99999/\n", "sites[portal].url", "没有可用", "核对"),
        ("url: http://www.yunling.gov.cn/\n", "url: 'http://[::1/'\n", "sites[portal].url", "没有可用", "核对"),
        ("url: /tzgg/", "url: 'javascript:;'", "sites[portal].columns[tz].url", "不是可以访问", "列表页"),
        ("url: /tzgg/", "url: '//[x'", "sites[portal].columns[tz].url", "不是可以访问", "列表页"),
        ("url: /tzgg/", "url: ''", "sites[portal].columns[tz].url", "不能为空", "列表页"),
        ('"532901"', '"53290"', "region_code", "“53290”不合要求", "6位数字"),
        ("deadline_workdays: 10", "deadline_workdays: 十", "bulletin.deadline_workdays", "不是整数", "整数"),
        ("deadline_workdays: 10", "deadline_workdays: -1", "bulletin.deadline_workdays", "小于下限", "不小于 0"),
        ("deadline_workdays: 10", "deadline_workdays: 999", "bulletin.deadline_workdays", "大于上限", "不大于 250"),
        ("update_days: 30", "update_days: 0", "sites[portal].columns[jy1].update_days", "小于下限", "不小于 1"),
        ("top_level: true", "top_level: 对", "sites[portal].columns[tz].top_level", "不是是或否", "true"),
        ("2026-11-18", "2026年11月18日", "media_accounts[第1项].last_post", "不是日期", "2026-11-18"),
        ("2027-01-31", "2027-02-31", "exemptions[第1项].until", "“2027-02-31”不是日期", "日历"),
        (", by: 张某", "", "exemptions[第1项].by", "缺少必填字段", "批准人"),
        ("by: 张某", "by: ", "exemptions[第1项].by", "没有填写", "批准人"),
        ('url: "http://www.yunling.gov.cn/zt/2019/"', "url: /zt/2019/", "exemptions[第1项].url", "完整的网址", "http://"),
        ("[各乡镇人民政府, 市直各部门]", "各乡镇人民政府", "bulletin.addressees", "不是列表", "- "),
        ("issuer: 云岭市人民政府办公室", "issuer: [a]", "issuer", "不是文字", "机关"),
        ("city: 云岭市", "city: 云岭市\ncity: 云山市", "city", "“city”重复", "第1行"),
    ],
)  # fmt: skip
def test_one_mistake(spoiled: Spoil, old: str, new: str, field: str, message: str, remedy: str) -> None:
    problems = [problem for problem in spoiled(old, new) if problem.field == field]
    assert problems, spoiled(old, new)
    assert any(message in p.message and remedy in p.remedy for p in problems), problems
    wanted = line_of(old.splitlines()[0]) + new.count("\n", 0, new.find("city: 云山") + 1)
    assert problems[-1].line == wanted


def closed(spoiled: Spoil, text: str) -> list[Problem]:
    return spoiled("    robots: obey", f"    closures: [{text}]\n    robots: obey")


def test_planned_closures(contract: Path) -> None:
    first = "{from: 2026-11-20 22:00, until: 2026-11-21, reason: 检修}"
    spans = f"[{first}, {{from: 2026-12-01T08:00:00+08:00, until: '2026-12-01 09:30', reason: x}}]"
    contract.write_text(
        CONTRACT.replace("    robots: obey", f"    closures: {spans}\n    robots: obey"), encoding="utf-8"
    )
    portal = load_inventory(contract).site("portal")
    told = [(one.from_.isoformat(), one.until.isoformat()) for one in portal.closures]
    assert told == [
        ("2026-11-20T22:00:00+08:00", "2026-11-22T00:00:00+08:00"),  # a day alone is the whole of it
        ("2026-12-01T08:00:00+08:00", "2026-12-01T09:30:00+08:00"),
    ]
    assert Inventory.model_validate_json(load_inventory(contract).model_dump_json()) == load_inventory(contract)


@pytest.mark.parametrize(
    ("text", "field", "message", "remedy"),
    [
        ("{from: 昨晚, until: 2026-11-21, reason: x}", "from", "“昨晚”不是时间", "2026-11-20 22:00"),
        ("{from: 2026-11-20, until: 2026-11-21}", "reason", "缺少必填字段", "停机原因"),
        ("{from: 2026-11-20, until: 2026-11-19, reason: x}", "until", "不晚于开始时间", "起止时间"),
        ("{from: 2026-11-20 10:00, until: 2026-11-20 10:00, reason: x}", "until", "不晚于开始时间", "起止时间"),
        ("{form: 2026-11-20, until: 2026-11-21, reason: x}", "form", "不认识的字段“form”", "是否为“from”"),
    ],
)
def test_mistakes_in_closures(spoiled: Spoil, text: str, field: str, message: str, remedy: str) -> None:
    problems = [p for p in closed(spoiled, text) if p.field == f"sites[portal].closures[第1项].{field}"]
    assert any(message in p.message and remedy in p.remedy for p in problems), closed(spoiled, text)


def test_a_long_closure_is_told(contract: Path) -> None:
    span = "[{from: 2026-11-01, until: 2026-11-20, reason: 升级}]"
    contract.write_text(
        CONTRACT.replace("    robots: obey", f"    closures: {span}\n    robots: obey"), encoding="utf-8"
    )
    assert any("超过7天" in one.message for one in inventory_warnings(contract))


def test_two_sites_with_one_id_and_one_home(spoiled: Spoil) -> None:
    again = "  - {id: portal, name: 又一个, unit: zfb, url: 'https://WWW.yunling.gov.cn'}\nmedia_accounts:"
    problems = spoiled("media_accounts:", again)
    assert [(p.field, p.line) for p in problems] == [
        ("sites[portal].id", line_of("media_accounts:")),
        ("sites[portal].url", line_of("media_accounts:")),
    ]
    assert "站点编号“portal”重复" in problems[0].message
    assert "同一首页" in problems[1].message


@pytest.mark.parametrize("key", ["units", "sites"])
@pytest.mark.parametrize("value", ["[]", "", "x"])
def test_without_units_or_sites(tmp_path: Path, key: str, value: str) -> None:
    other = "sites" if key == "units" else "units"
    path = tmp_path / "i.yaml"
    path.write_text(f"city: a\nregion_code: '532901'\nissuer: b\n{key}: {value}\n{other}: [{{id: a, name: b}}]\n")
    with pytest.raises(BadInput) as caught:
        load_inventory(path)
    assert [p.line for p in caught.value.problems if p.field == key] == [4]


def test_all_mistakes_at_once_sorted_by_line(spoiled: Spoil, tmp_path: Path) -> None:
    problems = spoiled(
        "by: 张某", "by: ", "robots: obey", "robot: obey", "unit: jyj, update", "unit: no, update", "id: tz,", "id: yw,"
    )
    assert [p.line for p in problems] == [line_of(x) for x in ("robots: obey", "id: tz,", "update_days", "by: 张某")]
    with pytest.raises(BadInput) as caught:
        load_inventory(tmp_path / "spoiled.yaml")
    told = str(caught.value)
    assert told.startswith(f"清单 {tmp_path / 'spoiled.yaml'} 有 4 处错误：\n")
    assert f"第{line_of('robots')}行 sites[portal].robot：不认识的字段“robot”。改法：是否为“robots”。" in told
    assert len(told.splitlines()) == 5


def test_a_file_of_another_shape(tmp_path: Path) -> None:
    path = tmp_path / "i.yaml"
    for text in ("- 1\n- 2\n", "just words\n", "12\n"):
        path.write_text(text)
        with pytest.raises(BadInput, match="字段: 值"):
            load_inventory(path)
    path.write_text("sites: {portal: {url: x}}\nunits: 3\ncity: {}\nmedia_accounts: [1, [2]]\n")
    with pytest.raises(BadInput) as caught:
        load_inventory(path)
    fields = {p.field for p in caught.value.problems}
    assert {"sites", "units", "city", "media_accounts[第1项]", "media_accounts[第2项]", "region_code"} <= fields


def test_warnings_do_not_stop(contract: Path) -> None:
    text = CONTRACT.replace('"5329010001"', '"532901"').replace("[yunling.gov.cn]", "[WWW.yunling.gov.cn]")
    text = text.replace("url: /tzgg/", "url: /yw/").replace(
        'url: "http://www.yunling.gov.cn/zt', 'url: "http://x.cn/zt'
    )
    contract.write_text(text, encoding="utf-8")
    assert isinstance(load_inventory(contract), Inventory)
    assert [(p.field, p.line) for p in inventory_warnings(contract)] == [
        ("sites[portal].site_code", line_of("site_code")),
        ("sites[portal].aliases[第1项]", line_of("aliases")),
        ("sites[portal].columns[tz].url", line_of("/tzgg/")),
        ("exemptions[第1项].url", line_of("until")),
    ]


@pytest.mark.parametrize("code", ["5329010001", "bm12345678", "BM12345678"])
def test_site_codes_without_warning(contract: Path, code: str) -> None:
    contract.write_text(CONTRACT.replace("5329010001", code), encoding="utf-8")
    assert inventory_warnings(contract) == []


def test_default_inventory(tmp_path: Path, contract: Path) -> None:
    assert default_inventory(tmp_path) == contract
    contract.unlink()
    assert default_inventory(tmp_path) is None


def test_any_model_is_read_the_same_way(tmp_path: Path) -> None:
    class Thing(BaseModel, extra="forbid"):
        id: str
        points: float | None = None

    path = tmp_path / "t.yaml"
    path.write_text("id: A1\npionts: 2\npoints: 很多\n")
    with pytest.raises(BadInput) as caught:
        load_model(path, Thing, label="规则")
    assert [(p.line, p.field) for p in caught.value.problems] == [(2, "pionts"), (3, "points")]
    assert "是否为“points”" in str(caught.value)
    assert str(caught.value).startswith("规则 ")
