"""The rule manual, the JSON Schemas, and what another profile would change."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rules.loader import INDICATORS, RuleSet, load_ruleset, rule_files
from rules.manual import SCHEMAS, json_schemas, manual_html, manual_markdown, points_text, schema_texts, window_text
from rules.registry import CHECKS
from rules.whatif import difference, told
from tests.rules.build import MONTHLY, ago, blank, column, department, good_columns, judged, portal, site_facts


def test_the_manual_has_every_rule_once_in_both_forms() -> None:
    markdown, html = manual_markdown(MONTHLY), manual_html(MONTHLY)
    for rule in MONTHLY.known:
        assert markdown.count(f"### {rule.id} ") == 1, rule.id
        assert html.count(f'<section id="{rule.id}"') == 1, rule.id
        assert rule.document in markdown
    assert "<script" not in html and "http://" not in html.replace("http://，", "")


def test_the_manual_says_the_numbers_of_the_profile() -> None:
    rules = {rule.id: rule for rule in MONTHLY.known}
    assert (
        window_text(rules["V4.1"], MONTHLY)
        == "动态要闻2周，通知公告6个月（一级栏目），政策文件6个月（一级栏目），达到几个即单项否决 5"
    )
    assert (
        window_text(rules["V4.2"], MONTHLY)
        == "政策解读6个月（一级栏目），人事信息1年，规划计划1年，达到几个即单项否决 10"
    )
    assert window_text(rules["V3"], MONTHLY) == "首页2周"
    assert points_text(rules["D22"]).endswith("合计不超过1分") and points_text(rules["V3"]) == ""
    local = load_ruleset("local-example")
    assert "动态要闻1周" in manual_markdown(local)


def test_the_manual_tells_the_numbers_of_every_check() -> None:
    rules = {rule.id: rule for rule in MONTHLY.known}
    assert window_text(rules["V2"], MONTHLY) == (
        "连续监测几天 7，每天至少几次 20，两次至少相隔几分钟，更密的只计一次 5，几秒打不开算一次失败 15，"
        "失败占比达到多少即否决 0.05"
    )
    assert "应更新的期限 2周" in window_text(rules["M2.1"], MONTHLY)
    assert all(f'<a href="#{rule_id}"' in manual_html(MONTHLY) for rule_id in rules)


def test_the_manual_escapes_what_people_write() -> None:
    rule = MONTHLY.known[0].model_copy(update={"how": "<b>*x*</b>"})
    ruleset = RuleSet(MONTHLY.profile, (rule,), (rule,), "x")
    assert "<b>" not in manual_html(ruleset) and "<b>" not in manual_markdown(ruleset)


@pytest.mark.parametrize("name", sorted(schema_texts()))
def test_the_schema_files_are_fresh(name: str) -> None:
    """Refresh with: python -c "from rules.manual import write_schemas; write_schemas()"."""
    assert (SCHEMAS / name).read_text(encoding="utf-8") == schema_texts()[name]


def test_the_rule_schema_knows_every_check_and_every_field_in_use() -> None:
    schema = json_schemas()["rule.schema.json"]
    assert schema["properties"]["check"]["enum"] == sorted(CHECKS)
    params = {
        part["if"]["properties"]["check"]["const"]: part["then"]["properties"]["params"] for part in schema["allOf"]
    }
    for path in rule_files([INDICATORS]):
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        assert data.keys() <= schema["properties"].keys(), path
        assert set(data.get("params", {})) <= params[data["check"]].get("properties", {}).keys(), path


def test_what_a_stricter_profile_would_change() -> None:
    def judge_with(ruleset: RuleSet):
        portal_facts = site_facts(portal(), columns=[*good_columns(), column("a", "动态要闻", ago(10))])
        other = site_facts(department(), columns=[blank(f"c{n}") for n in range(3)])
        return judged(portal_facts, other, ruleset=ruleset)

    before, after = judge_with(MONTHLY), judge_with(load_ruleset("local-example"))
    change = difference(before, after)
    assert {site.after.id for site in change.sites} == {"portal", "jyj"}
    lines = told(change)
    assert any("云岭市教育局：合格 → 不合格（V4.3）" in line for line in lines)
    assert any(line.startswith("新增 D4") for line in lines)
    assert told(difference(before, before)) == ["没有变化"]
