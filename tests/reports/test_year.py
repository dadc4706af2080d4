"""The year's tables: the official form line by line, classes of the 条例, units, months, the ledger, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import html

from reports.annual import COUNTED, MANUAL, annual_sheet
from reports.publications import class_of, forms, published_in
from reports.stored import Stored
from reports.yearbook import disclosure_rows, disclosure_sheet, table_two, units_sheet, write_year
from reports.yearwork import work_rows
from rules.ledger import Change, Entry, Ledger, Mark
from rules.schema import Judgement
from tests.reports import build

FORM = (
    "网站名称 首页网址 主办单位 网站类型 政府网站标识码 ICP备案号 公安机关备案号 独立用户访问总量 "
    "网站总访问量 总数 概况类信息更新量 政务动态信息更新量 信息公开目录信息更新量 维护数量 新开设数量 "
    "解读信息发布：总数 解读材料数量 解读产品数量 媒体评论文章数量 回应公众关注热点或重大舆情数量 "
    "是否发布服务事项目录 注册用户数 政务服务事项数量 可全程在线办理政务服务事项数量 办件量：总数 "
    "自然人办件量 法人办件量 是否使用统一平台 收到留言数量 办结留言数量 平均办理时间 公开答复数量 "
    "征集调查期数 收到意见数量 公布调查结果期数 访谈期数 网民留言数量 答复网民提问数量 是否提供智能问答 "
    "安全检测评估次数 发现问题数量 问题整改数量 是否建立安全监测预警机制 是否开展应急演练 "
    "是否明确网站安全责任人 是否有移动新媒体 微博：名称 微博：信息发布量 微博：关注量 微信：名称 "
    "微信：信息发布量 微信：订阅数 其他 搜索即服务 多语言版本 无障碍浏览 千人千网 其他 单位负责人 "
    "审核人 填报人 联系电话 填报日期 "
)
"""国办函〔2018〕12号, as the domain notes read it off published forms."""


def month(sites: dict[str, dict[str, int]], upper: tuple[str, ...] = (), units: dict[str, int] | None = None) -> Any:
    """The month table of a round: items by site and column, all of unit zfb unless `units` says otherwise."""
    once = {f"{site}/{column}": n for site, columns in sites.items() for column, n in columns.items()}
    return {
        "once": once, "sites": once, "units": units or {f"{place}/zfb": n for place, n in once.items()},
        "documents": {f"{place.partition('/')[0]}/其他": n for place, n in once.items()}, "results": {},
        "upper": list(upper),
    }  # fmt: skip


def round_of(code: str, months: dict[str, Any], since: str = "2026-01-01", read: bool = True) -> Judgement:
    """A round of the city that keeps month tables; `read`: the second site could be read."""
    base = build.judgement(code=code)
    sites = [s if read or s.id != "site01" else s.model_copy(update={"pages": 0}) for s in base.sites]
    published = {"since": since, "months": months, "from": f"{code}-01", "to": f"{code}-20"}
    update = {"as_of": f"{code}-20T10:00:00+08:00", "sites": sites, "extra": base.extra | {"published": published}}
    return base.model_copy(update=update)


def year_of(months: dict[str, Any], hostile: bool = True, **extra: Any) -> Stored:
    """A stored year of one round with these months."""
    last = round_of("2026-11", months)
    published = published_in([f"2026-{n:02d}" for n in range(1, 13)], [last])
    whole = last.model_copy(update={"round": "2026", "extra": last.extra | {"published": published} | extra})
    return Stored(whole, build.inventory(hostile), None, (last,))


def rows_by_field(stored: Stored, site: int = 0) -> dict[str, tuple[Any, Any, Any]]:
    sheet = annual_sheet(stored)
    mine = [row for row in sheet.rows if row[0] == stored.inventory.sites[site].name]
    return {f"{row[1]}|{row[2]}": (row[3], row[4], row[5]) for row in mine}


# --- the official form ---------------------------------------------------------------------------------------------


def test_every_line_of_the_official_form_stands_in_its_order_for_every_site() -> None:
    stored = year_of({"2026-10": month({"portal": {"c0": 3}})})
    fields = [str(line["field"]) for line in forms()["annual_report"]]
    wanted = FORM.split()
    assert len(fields) == len(wanted)
    assert all(short in field for short, field in zip(wanted, fields, strict=True)), "order and names"
    rows = annual_sheet(stored).rows
    assert [row[2] for row in rows] == fields * len(stored.inventory.sites)
    for row in rows:
        assert row[4] in (COUNTED, MANUAL) and (row[3] == "") == (row[4] == MANUAL), row


def test_counted_cells_and_how_they_were_counted() -> None:
    shown = {"portal": {"site_code": "9999999999", "icp": "滇ICP备1号-1", "police": "滇公网安备1号"}}
    counts = month({"portal": {"c0": 5, "c1": 2, "c2": 4, "c3": 3, "": 1}})
    told = rows_by_field(year_of({"2026-02": counts}, identity=shown))
    values = {key.partition("|")[2].partition("（")[0]: value for key, (value, *_) in told.items()}
    assert values["总数"] == 15
    assert (values["政务动态信息更新量"], values["信息公开目录信息更新量"]) == (7, 4)
    assert (values["解读信息发布：总数"], values["ICP备案号"]) == (3, "滇ICP备1号-1")
    assert "2026年1月1日至11月20日" in told["信息发布（单位：条）|总数"][2]
    assert "不足全年，请补充" in told["信息发布（单位：条）|总数"][2]
    assert told["基本信息|政府网站标识码"][2] == "巡查清单；首页标明的是9999999999，请核对"
    told = rows_by_field(year_of({}), site=1)
    assert told["移动新媒体|微信：名称"][:2] == ("云岭教育", COUNTED)
    assert told["移动新媒体|微博：名称"][:2] == ("", MANUAL)


def test_a_site_of_which_nothing_was_read_has_blanks_not_noughts() -> None:
    told = rows_by_field(year_of({"2026-02": month({"portal": {"c0": 5}})}), site=1)
    assert told["信息发布（单位：条）|总数"][:2] == ("", MANUAL)
    assert told["信息发布（单位：条）|概况类信息更新量"][:2] == ("", MANUAL)


def test_new_topics_need_the_year_before() -> None:
    topics = [{"site": "portal", "unit": "zfb", "id": f"t{n}", "type": "专题", "url": f"/zt/{n}/"} for n in range(3)]
    stored = year_of({"2026-02": month({"portal": {"c0": 5}})}, columns=topics)
    told = rows_by_field(stored)
    assert told["专栏专题（单位：个）|维护数量"][0] == 3 and told["专栏专题（单位：个）|新开设数量"][1] == MANUAL
    old = stored.judgement.model_copy(update={"round": "2025", "extra": {"columns": topics[:2]}})
    told = rows_by_field(Stored(stored.judgement, stored.inventory, old, stored.rounds))
    assert told["专栏专题（单位：个）|新开设数量"][:2] == (1, COUNTED)


# --- months and sites -----------------------------------------------------------------------------------------------


def test_a_site_is_told_by_the_newest_round_that_read_it() -> None:
    first = {"2026-09": month({"portal": {"c0": 1}, "site01": {"c0": 7}})}
    second = {"2026-09": month({"portal": {"c0": 2}}), "2026-10": month({"portal": {"c0": 4}})}
    told = published_in(["2026-09", "2026-10"], [round_of("2026-09", first), round_of("2026-10", second, read=False)])
    assert (told["total"], told["by_month"]) == (13, {"2026-09": 9, "2026-10": 4})
    assert told["by_site"]["site01"]["total"] == 7 and told["until"]["site01"] == "2026-09-20"
    assert told["until"]["portal"] == told["to"] == "2026-10-20" and told["from"] == "2026-09-01"


def test_a_round_after_the_period_counts_what_came_after_the_last_one() -> None:
    october = round_of("2026-12", {"2026-12": month({"portal": {"c0": 3}})})
    january = round_of("2027-01", {"2026-12": month({"portal": {"c0": 8}}), "2027-01": month({"portal": {"c0": 5}})})
    months = [f"2026-{n:02d}" for n in range(1, 13)]
    told = published_in(months, [october], [january])
    assert (told["total"], told["to"]) == (8, "2026-12-31")
    assert published_in(months, [october], [round_of("2027-04", {}, since="2027-01-01")])["total"] == 3


def test_documents_from_above_are_told_once_over_months_and_sites() -> None:
    upper = ("国发〔2026〕1号", "国发〔2026〕2号")
    told = published_in(
        ["2026-01", "2026-02"],
        [round_of("2026-02", {"2026-01": month({"portal": {"c2": 1}}, upper), "2026-02": month({}, upper[:1])})],
    )
    assert told["upper"] == 2


# --- classes and units ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "item"),
    [
        ("政策文件", "教育局文件", "第二十条第（一）项"),
        ("其他", "规范性文件库", "第二十条第（一）项"),
        ("机构职能", "机构职能", "第二十条第（二）项"),
        ("其他", "行政处罚公示", "第二十条第（六）项"),
        ("财政资金", "政府采购", "第二十条第（九）项"),
        ("财政资金", "三公经费", "第二十条第（七）项"),
        ("其他", "教育收费", "第二十条第（八）项"),
        ("通知公告", "重大建设项目批准", "第二十条第（十）项"),
        ("其他", "义务教育", "第二十条第（十一）项"),
        ("其他", "教育局信息", "第二十条第（十五）项及其他"),
        ("其他", "应急预案", "第二十条第（十二）项"),
        ("专题", "食品药品监管", "第二十条第（十三）项"),
        ("其他", "公务员招考", "第二十条第（十四）项"),
        ("其他", "土地征收", "第二十一条"),
        ("动态要闻", "教育动态", "条例之外"),
        ("其他", "其他", "第二十条第（十五）项及其他"),
    ],
)
def test_a_column_is_of_one_class(kind: str, name: str, item: str) -> None:
    items = {entry["name"]: entry["item"] for entry in forms()["classes"]}
    assert items[class_of(kind, name)] == item


def test_all_clauses_of_article_twenty_stand_in_order() -> None:
    clauses = [e["item"] for e in forms()["classes"] if e["item"].startswith("第二十条第")]
    numbers = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四"]
    assert clauses == [*(f"第二十条第（{n}）项" for n in numbers), "第二十条第（十五）项及其他"]


def test_classes_add_up_and_units_that_publish_together_count_each() -> None:
    units = {"portal/c2/zfb": 4, "portal/c2/jyj": 1, "site01/c0/jyj": 6}
    stored = year_of({"2026-03": month({"portal": {"c2": 4}, "site01": {"c0": 6}}, units=units)}, hostile=False)
    rows = disclosure_rows(stored)
    assert sum(row[2] for row in rows) == 10 and rows[0][2:4] == (4, "40.0%")
    assert round(sum(float(row[3].rstrip("%")) for row in rows), 6) == 100
    assert [row[2] for row in disclosure_sheet(stored).rows] == [row[2] for row in rows]
    sheet = units_sheet(stored)
    heads = [head for head, _ in sheet.heads]
    told = {row[1]: dict(zip(heads[2:-1], row[2:-1], strict=True)) for row in sheet.rows}
    assert told["云岭市人民政府办公室"]["发布信息（条）"] == 4 and told["云岭市教育局"]["发布信息（条）"] == 7
    assert told["云岭市教育局"]["行政法规、规章和规范性文件"] == 1
    assert set(told["云岭市财政局"].values()) == {""}, "a unit without data is blank, not 0"
    assert told["各单位合计"]["发布信息（条）"] == 11 and "全市发布10条" in str(sheet.rows[-1][-1])


def test_table_two_leaves_every_number_to_a_person_and_says_what_was_seen() -> None:
    columns = [{"site": "portal", "unit": "zfb", "id": "cf", "name": "行政处罚", "type": "其他", "url": "/cf/"}]
    stored = year_of({"2026-03": month({"portal": {"cf": 9}})}, columns=columns)
    rows = table_two(stored).rows
    assert [row[1] for row in rows] == ["规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费"]
    assert all(set(row[2:7]) <= {"", "——"} and row[7] == MANUAL for row in rows)
    assert "发布信息9条" in str(rows[3][8]) and rows[2][8] == ""


# --- the ledger -----------------------------------------------------------------------------------------------------


def entry(number: int, category: str, sights: str, **changes: Any) -> Entry:
    """A problem whose months from September on were seen as `sights` says: f found, x fixed, . not at all."""
    finding = build.dead(0, number).model_copy(update={"category": category, "fingerprint": str(number)})
    days = [datetime(2026, 9 + n, 20, tzinfo=UTC) for n in range(len(sights))]
    seen = [(day, "found" if s == "f" else "fixed") for day, s in zip(days, sights, strict=True) if s != "."]
    marks = [Mark.model_validate({"round": f"{day:%Y-%m}", "as_of": day, "sight": sight}) for day, sight in seen]
    return Entry(fingerprint=str(number), finding=finding, marks=marks, **changes)


def test_the_years_work_is_counted_from_the_ledger() -> None:
    changed = Change(at=datetime(2026, 10, 2, tzinfo=UTC), by="李某", field="state")
    entries = [
        entry(1, "链接不可用", "fx", handling={"state": "已销号"}, log=[changed]),
        entry(2, "链接不可用", "fxf"),
        entry(3, "域名不规范", ".fx", handling={"state": "整改中"}),
        entry(4, "空白栏目", "f", dismissed="栏目有内容"),
        entry(5, "IPv6不支持", "..f", handling={"state": "待交办"}),
    ]
    stored = year_of({"2026-03": month({"portal": {"c2": 4}}, ("国发〔2026〕1号",))})
    special = stored.rounds[0].model_copy(update={"profile": "special-ipv6"})
    stored = Stored(stored.judgement, stored.inventory, None, (*stored.rounds, special))
    told = {
        name.strip(): value
        for name, value, *_ in work_rows(stored, Ledger(entries={e.fingerprint: e for e in entries}))
    }
    assert (told["发现问题"], told["完成整改"]) == (4, 3)
    assert (told["印发通报"], told["开展专项整治"], told["开展巡查"]) == (2, 1, 2)
    assert (told["清理失效链接"], told["清理规范域名"], told["整改未更新和空白栏目"]) == (2, 1, 0)
    assert (told["IPv6支持情况：发现"], told["IPv6支持情况：完成整改"]) == (1, 0)
    assert (told["办理台账问题"], told["转载上级政策文件"], told["问责、约谈"]) == (1, 1, "")
    empty = {name: value for name, value, *_ in work_rows(year_of({}), Ledger())}
    assert empty["印发通报"] == empty["开展专项整治"] == "", "what the ledger does not tell is left to a person"


# --- files ----------------------------------------------------------------------------------------------------------


def test_tables_come_out_the_same_as_json_and_csv_with_hostile_names(tmp_path: Path) -> None:
    stored = year_of({"2026-03": month({"portal": {"c2": 4}}, units={f"portal/c2/{u}": 4 for u in build.HOSTILE})})
    paths = write_year(stored, tmp_path, Ledger())
    assert {"年度报表.xlsx", "年度数据.json", "年度看板.html"} < {path.name for path in paths}
    data = json.loads((tmp_path / "年度数据.json").read_text(encoding="utf-8"))
    names = {row["责任单位"] for row in data["tables"]["单位发布统计"]}
    assert set(build.HOSTILE.values()) <= names, "JSON keeps names as they are"
    for name, rows in data["tables"].items():
        raw = (tmp_path / "csv" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8 by its mark"
        read = list(csv.DictReader(io.StringIO(raw[3:].decode())))
        assert len(read) == len(rows) and [list(row) for row in read[:1]] == [list(row) for row in rows[:1]]
        cells = [value for row in read for value in row.values()]
        assert not [value for value in cells if value.startswith(("=", "+", "-", "@", "\t", "\r"))], name
        for told, row in zip(read, rows, strict=True):
            assert {k: v.removeprefix("'") for k, v in told.items()} == {k: str(v) for k, v in row.items()}
    page = html.fromstring((tmp_path / "年度看板.html").read_bytes())
    shown = page.xpath("//section[@id='published']")[0].text_content()
    assert all(name in shown for name in build.HOSTILE.values()) and len(page.xpath("//script")) == 1


def test_the_draft_report_tells_the_tables_numbers(tmp_path: Path) -> None:
    ledger = Ledger(entries={e.fingerprint: e for e in (entry(1, "链接不可用", "fx"), entry(2, "空白栏目", "ff"))})
    stored = year_of({"2026-03": month({"portal": {"c2": 4, "c3": 2}}, ("国发〔2026〕1号",))})
    write_year(stored, tmp_path, ledger)
    report = docx.Document(str(tmp_path / "政务公开工作要点落实情况（草稿）.docx"))
    text = "".join(paragraph.text for paragraph in report.paragraphs)
    assert "各网站共发布信息6条，其中行政法规、规章和规范性文件4条（占66.7%）、政策解读和回应关切2条（占33.3%）" in text
    assert "全年发现问题2个，完成整改1个，其中清理失效链接1条。" in text
    assert "转载国务院、国务院办公厅等文件1件。" in text and "其中，政策解读类信息2条。" in text
    assert text.count("【此处由起草人填写：") == 3


def test_the_same_year_gives_the_same_bytes(tmp_path: Path) -> None:
    stored = year_of({"2026-03": month({"portal": {"c2": 4}})})
    for name in ("a", "b"):
        write_year(stored, tmp_path / name, Ledger())
    for path in (tmp_path / "a").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
