"""Rule files and profiles: every mistake told at once by file, line, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.inventory import BadInput
from rules.loader import INDICATORS, load_rules, load_ruleset, rule_files
from rules.registry import CHECKS

GOOD = """\
id: T1-banner
name: 首页横幅
document: 本市办法
clause: 第三条
applies_to: [portal]
level: advice
category: 其他
check: blank_columns
params:
  at_least: 5
message: 空白栏目 {count} 个
"""


def profile(folder: Path, text: str = "") -> Path:
    path = folder / "ours.yaml"
    path.write_text("name: ours\ntitle: 本市\nextends: monthly\nfolders: [own]\n" + text, encoding="utf-8")
    (folder / "own").mkdir(exist_ok=True)
    return path


def write(folder: Path, name: str, text: str) -> Path:
    (folder / "own").mkdir(exist_ok=True)
    path = folder / "own" / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str = "") -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(BadInput) as caught:
        load_ruleset(profile(folder, text))
    return [(Path(p.file).name, p.line, p.field, f"{p.message} {p.remedy}") for p in caught.value.problems]


def test_every_rule_file_loads_and_is_named_after_its_id() -> None:
    rules, files = load_rules([INDICATORS])
    assert len(rules) == len(rule_files([INDICATORS])) >= 22
    assert all(files[rule.id].name.startswith(f"{rule.id}-") or files[rule.id].stem == rule.id for rule in rules)
    assert {rule.check for rule in rules} <= set(CHECKS)


def test_an_office_adds_a_rule_by_yaml_alone(tmp_path: Path) -> None:
    write(tmp_path, "T1-banner.yaml", GOOD)
    ruleset = load_ruleset(profile(tmp_path, "rules: [T1-banner]\n"))
    assert [rule.id for rule in ruleset.rules] == ["T1-banner"]


def test_an_override_changes_one_number_and_the_digest(tmp_path: Path) -> None:
    ruleset = load_ruleset(profile(tmp_path, "overrides:\n  V4.3: {params: {at_least: 3}}\n"))
    rule = ruleset.rule("V4.3")
    assert rule is not None and rule.params["at_least"] == 3
    assert ruleset.digest != load_ruleset("monthly").digest


def test_the_points_of_cases_are_overridden_one_by_one(tmp_path: Path) -> None:
    text = "overrides:\n  D22: {params: {home: 0.5, other: 0.2}, items: [0.5, 0.2], cap: 5}\n  D16: {items: [6]}\n"
    ruleset = load_ruleset(profile(tmp_path, text + "rules: [D22, D16]\n"))
    links, letters = ruleset.rule("D22"), ruleset.rule("D16")
    assert links is not None and letters is not None
    assert ([item.points for item in links.items], links.points, links.cap) == ([0.5, 0.2], 0.5, 5)
    assert ([item.points for item in letters.items], letters.points) == ([6], 6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("{params: {home: 0.5}}", "home 的分值 0.5 不在逐条情形的分值（0.2、0.1）中"),
        ("{items: [0.5]}", "有 2 种情形，写了 1 个分值"),
        ("{items: [2, 0.1], params: {home: 2}}", "大于总分值"),
    ],
)
def test_points_that_do_not_fit_together(tmp_path: Path, change: str, words: str) -> None:
    [(name, line, field, text)] = problems(tmp_path, f"overrides:\n  D22: {change}\n")
    assert (name, line, field) == ("ours.yaml", 6, "overrides.D22") and words in text


def test_a_window_is_replaced_whole_and_the_others_stay(tmp_path: Path) -> None:
    windows = load_ruleset(profile(tmp_path, "windows:\n  通知公告: {days: 30}\n")).profile.windows
    assert windows["通知公告"].text == "30天" and not windows["通知公告"].first_level
    assert windows["动态要闻"].text == "2周"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("check: blank_columns", "check: blank_colums", 8, "check", "是否为“blank_columns”"),
        ("at_least: 5", "at_least: 0", 10, "params.at_least", "小于下限"),
        ("at_least: 5", "at_last: 5", 10, "params.at_last", "at_least"),
        ("{count}", "{cuont}", 11, "message", "{cuont}"),
        ("category: 其他", "category: 其它", 7, "category", "其他"),
        ("level: advice", "level: hint", 6, "level", "advice"),
        ("name: 首页横幅\n", "", 1, "name", "缺少"),
        ("id: T1-banner", "id: t1", 1, "id", "指标编号"),
        ("level: advice", "level: advice\npoints: -1", 7, "points", "小于下限"),
        ("level: advice", "level: deduction\npoints: 5\ncap: 2", 7, "points", "大于总分值"),
        ("level: advice", "level: advice\ncolour: red", 7, "colour", "不认识的字段"),
    ],
)
def test_a_broken_rule_file(tmp_path: Path, old: str, new: str, line: int, field: str, words: str) -> None:
    write(tmp_path, "T1-banner.yaml", GOOD.replace(old, new))
    found = problems(tmp_path)
    assert [(name, number, where) for name, number, where, _ in found if where == field] == [
        ("T1-banner.yaml", line, field)
    ]
    assert any(words in text for *_, where, text in found if where == field)


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, "T1-banner.yaml", GOOD.replace("blank_columns", "nothing").replace("[portal]", "[]"))
    write(tmp_path, "T2-other.yaml", "id: [\n")
    names = [name for name, *_ in problems(tmp_path)]
    assert names.count("T1-banner.yaml") == 2 and names.count("T2-other.yaml") == 1


def test_two_rules_with_one_id(tmp_path: Path) -> None:
    write(tmp_path, "T1-banner.yaml", GOOD)
    write(tmp_path, "T1-zweite.yaml", GOOD)
    [(name, line, field, text)] = problems(tmp_path)
    assert (name, line, field) == ("T1-zweite.yaml", 1, "id") and "重复" in text


def test_a_rule_in_a_yml_file_is_no_less_a_rule(tmp_path: Path) -> None:
    write(tmp_path, "T1-banner.yaml", GOOD)
    write(tmp_path, "T1-zweite.yml", GOOD)
    assert any("重复" in text for *_, text in problems(tmp_path))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("name: ours\ntitle: 本市\nextends: monthly\nfolders:\n  - nowhere\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_ruleset(path)
    [problem] = caught.value.problems
    assert (problem.line, problem.field) == (5, "folders") and "nowhere" in problem.message and problem.remedy


def test_a_file_named_after_another_id(tmp_path: Path) -> None:
    write(tmp_path, "T9.yaml", GOOD)
    assert any("不符" in text for *_, text in problems(tmp_path))


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("rules: [V9.9]\n", 5, "rules", "没有指标 V9.9"),
        ("without: [D220]\n", 5, "without", "是否为 D22"),
        ("overrides:\n  X1: {cap: 3}\n", 6, "overrides", "没有指标 X1"),
        ("overrides:\n  V4.3: {params: {at_least: 0}}\n", 6, "overrides.V4.3", "小于下限"),
        ("windows:\n  通知公告: {days: 3, months: 1}\n", 6, "windows.通知公告", "只写一个"),
        ("windows:\n  新闻: {days: 3}\n", 6, "", "新闻"),
        ("scoring: {fail_below: 200}\n", 5, "scoring.fail_below", "大于上限"),
    ],
)
def test_a_broken_profile(tmp_path: Path, text: str, line: int, field: str, words: str) -> None:
    found = problems(tmp_path, text)
    assert any(
        number == line and (not field or where == field) and words in told for _, number, where, told in found
    ), found


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match="是否为“monthly”"):
        load_ruleset("montly")


def test_profiles_that_extend_each_other(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.yaml").write_text(f"name: {one}\ntitle: 甲\nextends: {other}.yaml\n", encoding="utf-8")
    with pytest.raises(BadInput, match="互相引用"):
        load_ruleset(tmp_path / "a.yaml")
