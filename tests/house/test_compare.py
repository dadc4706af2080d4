"""The comparison itself: a finding too few, one too many, or one put at the wrong door never passes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.house.compare import compare, main, same_address, staging_truth, table

HOME = "http://www.a.gov.cn/"


def planted(category: str, subject: str, unit: str, *rules: str) -> dict[str, Any]:
    entry = {"site": "a", "category": category, "subject": subject, "certainty": "confirmed", "unit": unit}
    return {**entry, "rules": list(rules)}


TRUTH: dict[str, Any] = {
    "problems": [
        planted("链接不可用", f"{HOME}404.html", "u1", "D22"),
        planted("栏目不更新", f"{HOME}yw/", "u2", "V4.2", "D9"),
        planted("域名不规范", HOME, "u1", "N1"),
        planted("域名不规范", HOME, "u1", "N4"),
    ],
    "innocents": [{"site": "a", "url": f"{HOME}ok.html", "category": "链接不可用", "why": "临时限流"}],
    "sites": [{"id": "a", "vetoes": [], "verdict": None}],
}
FINDINGS: dict[str, Any] = {
    "sites": [{"id": "a", "verdict": "合格", "vetoes": []}],
    "findings": [
        {"rule": rule, **{key: value for key, value in problem.items() if key != "rules"}}
        for problem in TRUTH["problems"]
        for rule in problem["rules"]
    ],
}


def kinds(findings: dict[str, Any], truth: dict[str, Any] = TRUTH) -> list[str]:
    return [difference.kind for difference in compare(findings, truth).differences]


def changed(index: int, **values: str) -> dict[str, Any]:
    findings = copy.deepcopy(FINDINGS)
    findings["findings"][index].update(values)
    return findings


def test_agreement() -> None:
    comparison = compare(FINDINGS, TRUTH)
    assert comparison.differences == []
    assert comparison.agreed == {"链接不可用": 1, "栏目不更新": 1, "域名不规范": 1}


def test_missed() -> None:
    findings = {**FINDINGS, "findings": FINDINGS["findings"][1:]}
    assert kinds(findings) == ["漏报"]


def test_a_finding_may_name_one_clause_of_several() -> None:
    """One fact that breaks several clauses is one finding; it may not name a clause that is not broken."""
    assert kinds({**FINDINGS, "findings": FINDINGS["findings"][:-1]}) == []
    assert kinds(changed(1, rule="V4.1")) == ["规则不符"]


def test_invented() -> None:
    extra = {**FINDINGS["findings"][0], "subject": f"{HOME}other.html"}
    assert kinds({**FINDINGS, "findings": [*FINDINGS["findings"], extra]}) == ["误报"]


def test_an_accused_innocent_is_named_as_such() -> None:
    extra = {**FINDINGS["findings"][0], "subject": f"{HOME}ok.html"}
    assert kinds({**FINDINGS, "findings": [*FINDINGS["findings"], extra]}) == ["误报", "冤枉"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"unit": "u9"}, ["单位不符"]),
        ({"certainty": "suspected"}, ["确定性不符"]),
        ({"rule": "D28"}, ["规则不符"]),
        ({"site": "b"}, ["漏报", "误报"]),
        ({"category": "其他"}, ["误报", "漏报"]),
        ({"subject": "HTTP://WWW.a.gov.cn:80/404.html#top"}, []),
    ],
)
def test_a_changed_finding(values: dict[str, str], expected: list[str]) -> None:
    assert kinds(changed(0, **values)) == expected


def test_vetoes_and_verdicts() -> None:
    wrong = {**FINDINGS, "sites": [{"id": "a", "verdict": "不合格", "vetoes": ["V3"]}]}
    assert kinds(wrong) == ["结论不符"]
    assert kinds(wrong, {**TRUTH, "sites": [{"id": "a", "vetoes": ["V3"], "verdict": "待人工复核"}]}) == ["结论不符"]
    assert kinds({**FINDINGS, "sites": []}) == ["结论不符"]


def test_a_check_that_raised_is_a_difference() -> None:
    assert kinds({**FINDINGS, "errors": [{"rule": "D22", "site": "a", "error": "KeyError"}]}) == ["检查出错"]


def test_truth_bounded_to_categories_and_without_details() -> None:
    problems = [{key: p[key] for key in ("site", "category", "subject")} for p in TRUTH["problems"]]
    assert kinds(FINDINGS, {"problems": problems}) == []
    assert kinds(FINDINGS, {"problems": TRUTH["problems"][:1], "categories": ["链接不可用"]}) == []


def test_addresses() -> None:
    assert same_address("https://A.cn:443") == same_address("https://a.cn/")
    assert same_address("http://a.cn/%E4%BA%91?a=1") == "http://a.cn/云?a=1"
    assert same_address("http://a.cn/x") != same_address("http://a.cn/x/")
    assert same_address("http://a.cn:8380/x") == "http://a.cn:8380/x"


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings, truth = tmp_path / "findings.json", tmp_path / "truth.yaml"
    findings.write_text(json.dumps(FINDINGS), encoding="utf-8")
    truth.write_text(json.dumps(TRUTH), encoding="utf-8")
    assert main([str(findings), str(truth)]) == 0
    assert "合计" in capsys.readouterr().out
    findings.write_text(json.dumps(changed(0, unit="u9")), encoding="utf-8")
    assert main([str(findings), str(truth)]) == 1
    assert "单位不符  a  链接不可用" in capsys.readouterr().out
    findings.write_text("{")
    assert main([str(findings), str(truth)]) == 2
    assert main([]) == 2


def test_as_of_of_a_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for written in ("2026-11-20T10:00:00+08:00", "'2026-11-20T10:00:00+08:00'"):
        (tmp_path / "truth.yaml").write_text(f"as_of: {written}\nproblems: []\n")
        assert main(["--as-of", str(tmp_path / "truth.yaml")]) == 0
        assert capsys.readouterr().out == "2026-11-20T10:00:00+08:00\n"


def test_the_bundled_city_has_a_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings that say nothing miss all that is planted; findings made of the truth agree with it."""
    empty = {"as_of": "2026-11-20T10:00:00+08:00", "findings": [], "sites": [{"id": "x", "url": "http://x.cn:8380/"}]}
    truth = staging_truth(empty)
    assert len(truth["problems"]) > 20
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(empty), encoding="utf-8")
    assert main([str(path)]) == 1
    assert capsys.readouterr().out.count("漏报") > 20
    found = [{**p, "rule": rule} for p in truth["problems"] for rule in p["rules"]]
    sites = [
        {"id": s["id"], "url": s["home"], "vetoes": s["vetoes"], "verdict": s["verdict"] or "合格"}
        for s in truth["sites"]
    ]
    path.write_text(json.dumps({**empty, "findings": found, "sites": sites}), encoding="utf-8")
    assert main([str(path)]) == 0, capsys.readouterr().out


def test_table_counts() -> None:
    rows = table(compare(changed(0, unit="u9"), TRUTH)).splitlines()
    assert rows[-2].split() == ["合计", "3", "2", "1"]
