"""Every id of the official documents has its rule, and every number in the rules is from the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.loader import POINT_PARAMS, PROFILES, load_ruleset
from rules.registry import CHECKS
from rules.schema import Rule
from tests.rules.test_cases import numbers

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "indicators.yaml").read_text(encoding="utf-8"))
ANNUAL = load_ruleset("annual")
KNOWN: dict[str, Rule] = {rule.id: rule for rule in ANNUAL.known}
SCORED = {**TABLE["deductions"], **TABLE["bonuses"]}


def test_every_id_has_its_rule_and_no_rule_is_without_an_id() -> None:
    ids = {one for group in TABLE["ids"].values() for one in group} | set(SCORED)
    assert ids <= set(KNOWN)
    assert {rule_id for rule_id in set(KNOWN) - ids if "-" not in rule_id} == set()


@pytest.mark.parametrize(("level", "totals"), [("deduction", "totals"), ("bonus", "bonus_totals")])
def test_level_1_totals(level: str, totals: str) -> None:
    sums: dict[str, float] = {}
    for rule in KNOWN.values():
        if rule.level == level:
            sums[rule.group] = sums.get(rule.group, 0) + (rule.cap or 0)
    assert sums == TABLE[totals]


@pytest.mark.parametrize("rule_id", sorted(SCORED))
def test_name_group_cap_and_points(rule_id: str) -> None:
    rule, row = KNOWN[rule_id], SCORED[rule_id]
    assert (rule.name, rule.group, rule.cap) == (row["name"], row["group"], row["cap"])
    assert [item.points for item in rule.items] == row["points"]
    assert rule.points == max(row["points"])
    assert rule.applies_to == (["portal", "department"] if rule_id == "D22" else ["portal"])


@pytest.mark.parametrize("rule_id", sorted(SCORED))
def test_points_in_parameters_are_those_of_the_cases(rule_id: str) -> None:
    rule = KNOWN[rule_id]
    given = {value for path, value in parameters(rule).items() if path.partition(".")[0] in POINT_PARAMS}
    assert given <= {item.points for item in rule.items}


def parameters(rule: Rule) -> dict[str, float]:
    """Every amount among a rule's parameters as its check sees them, by path: `window.days`, `steps.3`."""
    params = CHECKS[rule.check].params.model_validate(rule.params).model_dump()
    return {".".join(map(str, path)): value for path, value in numbers(params) if "key" not in path}


@pytest.mark.parametrize("rule_id", sorted(KNOWN))
def test_every_number_is_from_the_table_or_a_setting_of_the_office(rule_id: str) -> None:
    found, official = parameters(KNOWN[rule_id]), TABLE["numbers"].get(rule_id, {})
    own = set(TABLE["settings"].get(rule_id, ()))
    assert {path: found.get(path) for path in official} == official
    assert set(found) - set(official) == own, (
        "写进 tests/rules/indicators.yaml：文件给出的入 numbers，可改的入 settings"
    )


def test_windows_counts_and_lines() -> None:
    monthly = load_ruleset("monthly")
    assert {kind: window.text for kind, window in monthly.profile.windows.items()} == TABLE["windows"]
    assert monthly.profile.home_window.text == "2周"
    scoring = monthly.profile.scoring
    assert {name: getattr(scoring, name) for name in TABLE["scoring"]} == TABLE["scoring"]


def test_what_a_person_must_confirm() -> None:
    required = {rule.id for rule in KNOWN.values() if rule.review == "required"}
    assert {rule_id for rule_id in required if "-" not in rule_id} == set(TABLE["reviewed"])
    vetoes = {rule.id for rule in KNOWN.values() if rule.level == "veto"}
    assert {rule_id for rule_id in vetoes if rule_id.partition("-")[0] in TABLE["reviewed"]} <= required


def test_every_rule_says_where_it_stands_and_what_it_cannot_see() -> None:
    for rule in KNOWN.values():
        assert rule.document and rule.clause and rule.how, rule.id
        assert rule.cannot_see or rule.check == "form", rule.id


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_profile_loads_and_is_named_after_its_file(path: Path) -> None:
    ruleset = load_ruleset(path.stem)
    assert ruleset.profile.name == path.stem and ruleset.rules
    assert set(ruleset.profile.forms) <= {rule.id for rule in ruleset.rules}


def test_the_annual_profile_asks_a_person_for_everything_no_machine_sees() -> None:
    asked = set(ANNUAL.profile.forms)
    scored = {rule.id for rule in ANNUAL.rules if rule.check == "form" and rule.level in ("veto", "deduction", "bonus")}
    assert scored <= asked
