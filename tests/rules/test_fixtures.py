"""Each rule that reads words, held against the pages of its folder: pass*, fail*, edge_*_pass, edge_*_fail."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rules.engine import judge
from rules.loader import RuleSet, load_ruleset
from rules.schema import Judgement
from tests.rules.build import round_facts
from tests.rules.fixtures import site_of

HERE = Path(__file__).parent
ANNUAL = load_ruleset("annual")
KNOWN = {rule.id: rule for rule in ANNUAL.known}
FOLDERS = sorted(path for path in HERE.iterdir() if path.name in KNOWN)
FIXTURES = [file for folder in FOLDERS for file in sorted(folder.glob("*.html"))]
VETO = {"V1.1", "V1.2", "V5.2", "V6.2"}


def judged(path: Path) -> Judgement:
    rule = KNOWN[path.parent.name]
    return judge(round_facts(site_of(path)), RuleSet(ANNUAL.profile, (rule,), ANNUAL.known, "sha256:test"))


def test_every_folder_has_both_sides() -> None:
    assert len(FOLDERS) >= 13
    for folder in FOLDERS:
        names = [file.stem for file in folder.glob("*.html")]
        assert any(name.startswith("pass") for name in names), folder.name
        assert any(name.startswith("fail") for name in names), folder.name
        assert any(name.startswith("edge_") for name in names), folder.name


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture(path: Path) -> None:
    judgement = judged(path)
    wanted = path.stem.startswith("fail") or path.stem.endswith("_fail")
    assert judgement.errors == []
    assert bool(judgement.findings) is wanted, [one.message for one in judgement.findings]
    for found in judgement.findings:
        assert (found.rule, found.certainty, found.deduction) == (path.parent.name, "suspected", None)
        assert "{" not in found.message and found.where_count >= 1
        assert (found.level == "veto") is (found.rule in VETO)


@pytest.mark.parametrize("rule_id", sorted(VETO))
def test_a_veto_of_words_waits_for_a_person(rule_id: str) -> None:
    [site] = judged(HERE / rule_id / "fail.html").sites
    assert site.verdict == "待人工复核" and site.vetoes == [rule_id]


def test_what_stands_in_the_internal_part_is_told_nowhere_else() -> None:
    [found] = judged(HERE / "V1.1" / "fail.html").findings
    internal = found.observed.pop("internal")
    assert internal[0]["wrong"] == "烈土" and internal[0]["right"] == "烈士"
    assert "烈土" not in found.model_dump_json() and "严重表述错误" in found.message


@pytest.mark.parametrize("name", ["fail", "fail_phones", "fail_card"])
def test_personal_numbers_are_told_masked(name: str) -> None:
    path = HERE / "P1-personal-data" / f"{name}.html"
    told = json.dumps(judged(path).model_dump(mode="json"), ensure_ascii=False)
    digits = re.findall(r"\d{11,19}", path.read_text(encoding="utf-8"))
    assert digits and not any(number in told for number in digits) and "**" in told


@pytest.mark.parametrize(
    ("name", "points"), [("fail_missing", 1), ("fail_vague", 2), ("fail_format", 1), ("fail_law_named_only", 0.5)]
)
def test_points_of_a_guide(name: str, points: float) -> None:
    [found] = judged(HERE / "D13" / f"{name}.html").findings
    assert found.observed["points"] == points


@pytest.mark.parametrize(("name", "points"), [("fail", 1), ("edge_only_forth_fail", 0.5), ("edge_only_back_fail", 0.5)])
def test_points_of_a_pair(name: str, points: float) -> None:
    [found] = judged(HERE / "D8" / f"{name}.html").findings
    assert found.observed["points"] == points
