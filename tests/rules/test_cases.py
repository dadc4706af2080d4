"""Every rule of rules/indicators against its named cases, and every number of every rule shown to matter by them.

A number is shown to matter by changing it: one step up and one step down, what comes of some case must change. So a
rule has a case on each side of each of its numbers, or this test names the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from rules.loader import RuleSet, load_ruleset
from rules.profile import Profile
from rules.registry import CHECKS
from rules.schema import Finding, Judgement, Rule
from rules.scoring import bonus
from tests.rules.cases import FOLDER, Case, cases_of, judged

ANNUAL = load_ruleset("annual")
KNOWN = {rule.id: rule for rule in ANNUAL.known}
CASES = [case for rule_id in KNOWN for case in cases_of(rule_id)]
Path = tuple[Any, ...]
WORK = {"look_at"}  # bounds of the work, not of a judgement: how many pages are read at most
CODES = {"permanent"}  # HTTP statuses, names rather than amounts


def only(rule: Rule, profile: Profile = ANNUAL.profile) -> RuleSet:
    """A round that knows all rules and uses this one, asking a person for it."""
    asking = profile.model_copy(update={"forms": [rule.id]})
    known = tuple(rule if one.id == rule.id else one for one in ANNUAL.known)
    return RuleSet(asking, (rule,), known, "sha256:test")


def lost(judgement: Judgement, rule_id: str) -> float:
    """What the item cost on the score sheet of the first site that has one."""
    sheets = judgement.extra["score_sheets"].values()
    return next((row["lost"] for sheet in sheets for row in sheet if row["id"] == rule_id), 0)


def earned(judgement: Judgement, rule: Rule) -> float:
    """What a bonus item earned, not more than its cap."""
    return bonus(only(rule), judgement.findings)


def weight(found: Finding) -> float:
    """Points that a finding costs or earns, or would once a person confirms it."""
    would = found.observed.get("points", 0)
    return found.deduction or found.bonus or (would if isinstance(would, int | float) else 0)


def test_every_rule_has_cases_by_name_and_no_case_is_without_a_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} <= set(KNOWN)
    lacking = {}
    for rule_id in KNOWN:
        names = [case.name for case in cases_of(rule_id)]
        starts = {start for start in ("pass", "fail", "edge_") if any(name.startswith(start) for name in names)}
        odd = [n for n in names if n.startswith("edge_") and not n.endswith(("_pass", "_fail"))]
        if odd or starts != {"pass", "fail", "edge_"}:
            lacking[rule_id] = odd or sorted({"pass", "fail", "edge_"} - starts)
    assert lacking == {}, "每个指标在 tests/rules/cases/<编号>.yaml 中要有 pass、fail 和 edge_…_pass、edge_…_fail"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.name}")
def test_case(case: Case) -> None:
    rule = KNOWN[case.rule]
    judgement = judged(case, only(rule))
    assert judgement.errors == []
    found = [one for one in judgement.findings if one.rule == rule.id]
    told = [(one.level, one.certainty, one.message) for one in found]
    wanted = case.facts.get("want")
    if wanted is None:
        assert bool(found) is case.breaks, told
    else:
        assert Counter(one.level for one in found) == Counter(wanted), told
        assert bool(wanted) is case.breaks or (wanted == {"part": len(found)} and rule.level == "veto"), case.name
    sure = case.facts.get("sure", rule.automation == "Y" or bool(case.facts.get("answers")))
    assert {one.certainty for one in found} <= {"confirmed" if sure else "suspected"}, told
    assert all("{" not in one.message and one.message for one in found), told
    points = {"lost": lost(judgement, rule.id), "earned": earned(judgement, rule), "points": sum(map(weight, found))}
    for name, value in points.items():
        assert value == pytest.approx(case.facts.get(name, value)), (name, told)
    unfilled = [row["rule"] for row in judgement.extra["unfilled"] if row["site"] == "portal"]
    assert unfilled == case.facts.get("unfilled", unfilled)


# --- every number matters -----------------------------------------------------------------------------------------


def numbers(value: Any, path: Path = ()) -> Iterator[tuple[Path, float]]:
    """Every amount in nested data with its path; the key itself where a mapping is keyed by amounts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(key, int):
                yield (*path, "key", key), key
            if key not in WORK | CODES:
                yield from numbers(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from numbers(inner, (*path, number))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def step(value: float) -> float:
    """The last digit of a number as written: 1 of 14, 0.01 of 0.05."""
    if value == int(value):
        return 1
    return float(10 ** -len(repr(float(value)).partition(".")[2]))


def with_number(data: Any, path: Path, value: float) -> Any:
    """The data with the number at that path replaced."""
    if not path:
        return value
    head, *rest = path
    if head == "key":
        return {(int(value) if key == rest[0] else key): inner for key, inner in data.items()}
    if isinstance(data, dict):
        return {key: with_number(one, tuple(rest), value) if key == head else one for key, one in data.items()}
    return [with_number(one, tuple(rest), value) if n == head else one for n, one in enumerate(data)]


def amounts(rule: Rule) -> dict[str, Any]:
    """Everything of a rule that is an amount: its parameters as the check sees them, its points, its cap."""
    params = CHECKS[rule.check].params.model_validate(rule.params).model_dump()
    points = {"cap": rule.cap} if rule.cap is not None else {}
    items = [item.points for item in rule.items]
    used = {"points": rule.points} if rule.points is not None and not (rule.check == "form" and items) else {}
    return {"params": params, "items": items, **points, **used}


def changed(rule: Rule, path: Path, value: float) -> Rule | None:
    """The rule with one number changed, None where the number may not be that."""
    data = with_number(amounts(rule), path, value)
    items = [item.model_dump() | {"points": points} for item, points in zip(rule.items, data["items"], strict=True)]
    update = {"params": data["params"], "items": items, "cap": data.get("cap", rule.cap)}
    try:
        CHECKS[rule.check].params.model_validate(data["params"])
        return Rule.model_validate(rule.model_dump() | update | {"points": data.get("points", rule.points)})
    except ValueError:
        return None


def said_twice(rule: Rule, path: Path) -> bool:
    """True of `points` where it only repeats the largest of the cases' points, which are held against the cases."""
    return path == ("points",) and rule.points == max((item.points for item in rule.items), default=None)


@cache
def facts_of(rule_id: str) -> list[Case]:
    return cases_of(rule_id)


def outcome(rule: Rule, profile: Profile = ANNUAL.profile) -> list[Any]:
    """What comes of every case: which findings of which weight, without the words in which they are told."""
    result = []
    for case in facts_of(rule.id):
        judgement = judged(case, only(rule, profile))
        told = sorted(
            (one.level, one.certainty, one.subject, one.where_count, weight(one)) for one in judgement.findings
        )
        result.append((case.name, told, lost(judgement, rule.id), earned(judgement, rule)))
    return result


@pytest.mark.parametrize("rule_id", list(KNOWN))
def test_every_number_has_a_case_on_both_sides(rule_id: str) -> None:
    rule = KNOWN[rule_id]
    found = dict(numbers(amounts(rule)))
    now = outcome(rule) if found else []
    unguarded = []
    for path, value in found.items():
        for other in (value + step(value), value - step(value)):
            new = changed(rule, path, other) if other >= 0 else None
            if new is not None and outcome(new) == now and not said_twice(rule, path):
                unguarded.append((".".join(map(str, path)), value, round(other, 6)))
    assert unguarded == [], "改动这些数字，没有一个例子的结果会变：补一个恰在界上和界外的例子"


WINDOWED = [
    rule for rule in KNOWN.values() if rule.check in ("home_updated", "stale_columns", "column_class", "other_columns")
]


@pytest.mark.parametrize("name", ["monthly", "local-example"])
def test_every_window_of_a_profile_has_a_case_on_both_sides(name: str) -> None:
    """Of the official profile; a local one changes what comes of the same cases."""
    profile = load_ruleset(name).profile
    if name != "monthly":
        monthly = load_ruleset("monthly").profile
        assert [outcome(rule, profile) for rule in WINDOWED] != [outcome(rule, monthly) for rule in WINDOWED]
        return
    data = profile.model_dump(mode="json", include={"windows", "home_window"})
    unguarded = []
    for path, value in numbers(data):
        for other in (value + 1, value - 1):
            new = profile.model_dump(mode="json") | with_number(data, path, other)
            try:
                other_profile = Profile.model_validate(new)
            except ValueError:
                continue
            if all(outcome(rule, other_profile) == outcome(rule, profile) for rule in WINDOWED):
                unguarded.append((path, other))
    assert unguarded == []
