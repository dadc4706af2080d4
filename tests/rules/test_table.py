"""Every id of the official documents has its rule, and every number in the rules is from the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.loader import PROFILES, load_ruleset
from rules.schema import Rule

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
    names = {"missing", "stale", "blank", "home", "other"} if rule.check not in ("page_published",) else set()
    given = {float(rule.params[name]) for name in names & rule.params.keys()}
    given |= {float(points) for points in rule.params.get("steps", {}).values()}
    assert given <= {item.points for item in rule.items}


def test_windows_counts_and_lines() -> None:
    monthly = load_ruleset("monthly")
    assert {kind: window.text for kind, window in monthly.profile.windows.items()} == TABLE["windows"]
    assert monthly.profile.home_window.text == "2周"
    assert {rule_id: KNOWN[rule_id].params["at_least"] for rule_id in TABLE["counts"]} == TABLE["counts"]
    scoring = monthly.profile.scoring
    assert {"fail_below": scoring.fail_below, "bonus_above": scoring.bonus_above} == TABLE["scoring"]
    assert TABLE["availability"].items() <= KNOWN["V2"].params.items()
    assert KNOWN["M2.1"].params["window"] == {"days": 14}
    assert KNOWN["D18"].params["window"] == {"months": 2}


def test_what_a_person_must_confirm() -> None:
    assert sorted(rule.id for rule in KNOWN.values() if rule.review == "required") == sorted(TABLE["reviewed"])


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
