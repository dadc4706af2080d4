"""The staging city's portal, walked for real, has exactly the score that the tables beside this file work out by hand.

The tables say of every fault what it costs alone and what of it counts; the last one that fits into an item's points
ends the item. 80 is not above 80, so the bonus of the statistics column does not count; without the stale news it does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store
from crawler.inventory import Exemption
from rules.engine import judge
from rules.forms import Answer
from rules.loader import RuleSet, load_ruleset
from rules.schema import Judgement
from tests.staging.rounds import ROUND, Done, crawled

HERE = Path(__file__).parent
PORTAL = "portal"
NEWS = "/xwzx/bmdt/"


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


FAULTS, REPORTED = rows("staging_score.csv"), rows("staging_score_reported.csv")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Done:
    done = crawled(tmp_path_factory.mktemp("score"), "yunling", "-a", f"sites={PORTAL}")
    assert done.status == 0, done.said
    return done


@pytest.fixture
def facts(walked: Done) -> Iterator[StoredRound]:
    engine = open_store(walked.database)
    run = latest_run(engine, ROUND, states=("walked",))
    assert run is not None
    stored = StoredRound(engine, run)
    yield stored
    stored.close()
    engine.dispose()


def with_forms(*rule_ids: str) -> RuleSet:
    """The monthly profile with further indicators that people report on."""
    monthly = load_ruleset("monthly")
    chosen = {*(rule.id for rule in monthly.rules), *rule_ids}
    rules = tuple(rule for rule in monthly.known if rule.id in chosen)
    return RuleSet(monthly.profile, rules, monthly.known, "sha256:test")


def place(url: str) -> str:
    """An address as the table has it: the path on the portal, elsewhere the whole without the port of this run."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.path if host == "www.yunling.gov.cn" else f"{parts.scheme}://{host}{parts.path}"


def lost(judgement: Judgement) -> dict[str, float]:
    return {row["id"]: row["lost"] for row in judgement.extra["score_sheets"][PORTAL] if row["lost"]}


def by_item(table: list[dict[str, str]], sign: int = 1) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in table:
        points = float(row["计入"]) * sign
        if points > 0:
            sums[row["指标"]] = round(sums.get(row["指标"], 0) + points, 4)
    return sums


def test_every_fault_costs_what_the_table_says_and_nothing_else_costs(facts: StoredRound) -> None:
    judgement = judge(facts, load_ruleset("monthly"))
    found = [one for one in judgement.findings if one.site == PORTAL and one.deduction]
    told = {(one.rule, place(one.subject), one.deduction) for one in found}
    assert told == {(row["指标"], row["位置"], float(row["每处"])) for row in FAULTS}
    assert len(found) == len(FAULTS)
    assert lost(judgement) == by_item(FAULTS)


def test_the_score_of_what_the_machine_saw(facts: StoredRound) -> None:
    [site] = judge(facts, with_forms("B1")).sites
    assert sum(by_item(FAULTS).values()) == 20
    assert (site.score, site.verdict, site.vetoes) == (80, "合格", [])


def test_without_the_stale_news_it_is_above_the_gate_and_the_bonus_counts(facts: StoredRound) -> None:
    url = next(one.url for one in facts.inventory.sites[0].columns if one.url.endswith(NEWS))
    waived = Exemption(
        rule="V4.1", url=facts.inventory.sites[0].url.rstrip("/") + urlsplit(url).path, until=date(2026, 12, 31),
        reason="改版", by="张某",
    )  # fmt: skip
    judgement = judge(facts, with_forms("B1"), exemptions=[waived])
    assert "D4" not in lost(judgement) and judgement.sites[0].score == 85 + 2


def test_the_score_with_what_people_reported(facts: StoredRound) -> None:
    answers = [
        Answer(rule=row["指标"], site=PORTAL, result="有问题", item=int(row["情形"]), count=int(row["几处"]),
               text=row["缘由"], by="李某", on=date(2026, 11, 18))
        for row in REPORTED
    ]  # fmt: skip
    ruleset = with_forms("B1", *(row["指标"] for row in REPORTED))
    judgement = judge(facts, ruleset, answers=answers)
    assert lost(judgement) == by_item(FAULTS) | by_item(REPORTED, -1)
    assert sum(by_item(REPORTED, -1).values()) == 20.5 and sum(by_item(REPORTED).values()) == 6
    assert (judgement.sites[0].score, judgement.sites[0].verdict) == (59.5, "不合格")
    assert {row["rule"] for row in judgement.extra["unfilled"]} == set()
    fewer = [one for one in answers if one.rule != "D13" or one.item != 2]
    assert judge(facts, ruleset, answers=fewer).sites[0].model_dump(include={"score", "verdict"}) == {
        "score": 61, "verdict": "合格",
    }  # fmt: skip
