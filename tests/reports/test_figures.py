"""Rates, points, periods, degree words and working days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures, workdays
from reports.wording import WordingError, load, standard

NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "printed"),
    [
        (134 - 8, 134, 1, "94.0%"),
        (2499, 2500, 1, "99.9%"),
        (2499, 2500, 2, "99.96%"),
        (499, 500, 0, "99%"),
        (53, 53, 2, "100%"),
        (0, 9, 1, "0%"),
        (1, 3000, 1, "不足0.1%"),
        (1, 8, 1, "12.5%"),
        (1, 16, 1, "6.3%"),
        (0, 0, 1, "——"),
    ],
)
def test_rate(part: int, whole: int, decimals: int, printed: str) -> None:
    assert figures.rate(part, whole, decimals) == printed


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 2))
def test_less_than_all_is_never_printed_as_all(whole: int, missing: int, decimals: int) -> None:
    part = max(whole - missing, 0)
    assert (figures.rate(part, whole, decimals) == "100%") == (part == whole)


@given(st.lists(st.integers(0, 10**5), min_size=1, max_size=20), st.integers(0, 2))
def test_shares_add_up_as_printed(counts: list[int], decimals: int) -> None:
    printed = figures.shares(counts, decimals)
    if sum(counts):
        assert sum(Decimal(share[:-1]) for share in printed) == 100
    else:
        assert set(printed) == {"——"}


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ("66.67", "58.33", "较上期提高8.34个百分点"),
        ("81.8", "83.3", "较上期下降1.5个百分点"),
        ("90.0", "90.0", "与上期持平"),
        ("100.0", "90.0", "较上期提高10个百分点"),
    ],
)
def test_change_in_points(now: str, before: str, said: str) -> None:
    assert figures.change(Decimal(now), Decimal(before)) == said
    assert figures.change(None, Decimal(before)) == ""


@pytest.mark.parametrize(
    ("code", "name", "short"),
    [
        ("2026-11", "2026年11月", "11月"),
        ("2026-03", "2026年3月", "3月"),
        ("2026-Q4", "2026年第四季度", "第四季度"),
        ("2026-H1", "2026年上半年", "上半年"),
        ("2026", "2026年度", "2026年度"),
        ("试运行", "试运行", "试运行"),
    ],
)
def test_periods(code: str, name: str, short: str) -> None:
    assert (figures.period_name(code), figures.short_period(code)) == (name, short)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # 周日，调休上班
        (date(2026, 9, 24), 4, date(2026, 10, 8)),  # 中秋、国庆连休
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # 周六，调休上班
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),  # 周六，调休上班
        (date(2025, 1, 26), 2, date(2025, 2, 5)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_working_days(start: date, days: int, end: date) -> None:
    calendar = workdays.official()
    assert calendar.after(start, days) == end
    assert calendar.between(start, end) == days


def test_year_without_calendar_is_told() -> None:
    calendar = workdays.official()
    assert calendar.known(date(2026, 12, 31)) and not calendar.known(date(2031, 1, 4))
    assert calendar.is_workday(date(2031, 1, 6)) and not calendar.is_workday(date(2031, 1, 4))


def test_years_on_the_way_without_a_calendar() -> None:
    calendar = workdays.official()
    assert calendar.unknown(date(2026, 11, 20), date(2026, 12, 4)) == []
    assert calendar.unknown(date(2026, 12, 25), date(2027, 1, 8)) == [2027]
    assert calendar.unknown(date(2027, 3, 1), date(2027, 3, 15)) == [2027]


def test_official_notice_is_read_as_the_shipped_calendar(tmp_path: Path) -> None:
    year, entry = workdays.read_notice(NOTICE)
    path = tmp_path / "holidays.yaml"
    path.write_text(workdays.add_year(path, year, entry), encoding="utf-8")
    read, shipped = workdays.load(path), workdays.official()
    assert read.off == {day for day in shipped.off if day.year == 2026}
    assert read.work == {day for day in shipped.work if day.year == 2026}
    path.write_text(workdays.add_year(workdays.CALENDAR, 2027, entry), encoding="utf-8")
    assert workdays.load(path).years == {2025, 2026, 2027}
    assert path.read_text(encoding="utf-8").startswith("# 国务院办公厅")


@pytest.mark.parametrize("text", ["", "关于2027年工作安排的通知", "春节：2月6日放假"])
def test_other_notices_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="没有找到"):
        workdays.read_notice(text)


def test_broken_calendar_names_file_and_year(tmp_path: Path) -> None:
    path = tmp_path / "holidays.yaml"
    path.write_text("2027:\n  rest: [2027-13-01]\n  work: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"holidays\.yaml"):
        workdays.load(path)


@pytest.mark.parametrize(
    ("count", "base", "word"),
    [
        (1, 60, "个别"),
        (3, 60, "个别"),
        (4, 60, "少数"),
        (2, 3, "多数"),
        (12, 60, "部分"),
        (29, 60, "部分"),
        (30, 60, "多数"),
        (4, 100, "个别"),
    ],
)
def test_degree_words(count: int, base: int, word: str) -> None:
    assert standard().degree_word(count, base) == word


def test_office_wording_replaces_parts(tmp_path: Path) -> None:
    path = tmp_path / "用语.yaml"
    path.write_text("method: 技术监测与人工复核相结合\n", encoding="utf-8")
    wording = load(path)
    assert wording.method == "技术监测与人工复核相结合" and wording.groups == standard().groups


def test_office_wording_is_merged_by_name(tmp_path: Path) -> None:
    path = tmp_path / "用语.yaml"
    path.write_text("requirements: {most: 2}\npart_phrases: {空白栏目: '空栏目{n}个'}\n", encoding="utf-8")
    wording = load(path)
    assert wording.requirements.most == 2 and wording.requirements.items == standard().requirements.items
    assert wording.part_phrases == {**standard().part_phrases, "空白栏目": "空栏目{n}个"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('repeat_heading: "{degre}单位"', "第1行 repeat_heading：没有 {degre} 这一占位符，可用的有{degree}"),
        ('method: 技术监测\npart_phrases:\n  空白栏目: "空{n"', "第3行 part_phrases 空白栏目：花括号没有成对"),
        ('masked_fact: "存在{}问题"', "没有 {} 这一占位符"),
        ('title: "{issuer.__class__}的通报"', "可用的有{issuer}、{city}、{period}、{area}、{issue}"),
        ("requirements:\n  most: 许多", "第2行 requirements most：应为数字"),
        ("groups:\n  - {key: a, categories: [栏目不更], heading: x, lead: y}", "没有“栏目不更”这一问题类别"),
        ("groups:\n  - {key: a, categories: [其他], heading: x, lead: y}", "这些问题会漏写"),
        ("groups:\n  - {key: a, categories: [其他], heading: x}", "第2行 groups 第1项的 lead：缺少这一项"),
        ("标题: x", "第1行 标题：没有这一项"),
    ],
)
def test_broken_wording_names_line_field_and_remedy(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "用语.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WordingError) as caught:
        load(path)
    assert said in str(caught.value) and "用语.yaml" in str(caught.value)


@pytest.mark.parametrize("text", ["method: [", "- 1", "unknown: 1", "degree: {few: many}"])
def test_broken_wording_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "用语.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WordingError, match=r"用语\.yaml"):
        load(path)
