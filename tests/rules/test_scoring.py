"""Scores worked out by hand, the fail line, and who decides."""

from __future__ import annotations

import pytest

from rules.scoring import sheet
from tests.rules.build import (
    MONTHLY,
    ago,
    blank,
    column,
    dead,
    department,
    dns,
    good_columns,
    holder,
    judged,
    portal,
    site_facts,
)

HOME = "http://www.yunling.gov.cn/"


def test_a_portal_with_known_faults_has_the_score_worked_out_by_hand() -> None:
    """D4 5 + D5 5 + D9 min(4, 2 + 2 + 1 + 1) + D22 min(1, 3 × 0.3) + D28 1 = 15.9; 100 − 15.9 = 84.1."""
    columns = [
        *good_columns(), column("a", "动态要闻", ago(15)), column("b", "政策文件", ago(200)),
        blank("c"), blank("d"), column("e", "人事信息", ago(400)), column("f", "其他", ago(31), update_days=30),
    ]  # fmt: skip
    links = [dead(f"{HOME}{n}", holder(HOME, "home"), holder(f"{HOME}a.html")) for n in range(3)]
    judgement = judged(site_facts(portal(), columns=columns, links=links, network=[dns("AAAA", "nodata")]))
    assert judgement.sites[0].score == 84.1
    assert judgement.sites[0].verdict == "合格"
    rows = {row["id"]: row["lost"] for row in judgement.extra["score_sheets"]["portal"] if row["lost"]}
    assert rows == {"D4": 5, "D5": 5, "D9": 4, "D22": 0.9, "D28": 1}


def test_a_veto_leaves_no_score() -> None:
    judgement = judged(site_facts(portal(), columns=[*good_columns(), *(blank(f"c{n}") for n in range(5))]))
    site = judgement.sites[0]
    assert (site.verdict, site.score, site.vetoes) == ("不合格", None, ["V4.3"])


@pytest.mark.parametrize(("line", "verdict"), [(84.1, "合格"), (84.2, "不合格")])
def test_below_the_fail_line_is_a_fail(line: float, verdict: str) -> None:
    scoring = MONTHLY.profile.scoring.model_copy(update={"fail_below": line})
    profile = MONTHLY.profile.model_copy(update={"scoring": scoring})
    ruleset = type(MONTHLY)(profile, MONTHLY.rules, MONTHLY.known, MONTHLY.digest)
    columns = [
        *good_columns(),
        column("a", "动态要闻", ago(15)),
        column("b", "政策文件", ago(200)),
        blank("c"),
        blank("d"),
    ]
    links = [dead(f"{HOME}{n}", holder(HOME, "home"), holder(f"{HOME}a.html")) for n in range(3)]
    judgement = judged(
        site_facts(portal(), columns=columns, links=links, network=[dns("AAAA", "nodata")]), ruleset=ruleset
    )
    assert judgement.sites[0].verdict == verdict


def test_department_sites_have_no_score() -> None:
    judgement = judged(site_facts(department(), columns=[blank("c")]))
    assert judgement.sites[0].score is None
    assert "jyj" not in judgement.extra["score_sheets"]


def test_items_that_no_machine_looked_at_are_listed_and_said() -> None:
    judgement = judged(site_facts(portal()))
    unscored = judgement.extra["unscored"]
    used = {rule.id for rule in MONTHLY.rules if rule.check != "form"}
    assert unscored == [line.rule.id for line in sheet(MONTHLY, ()) if line.rule.id not in used]
    assert bool(unscored) is any("未检查" in note for note in judgement.sites[0].notes)
