"""重要政策转载 by an office's list: found by number or title, on time, late or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from rules.loader import RuleSet, load_ruleset
from rules.schema import Finding
from tests.rules.build import judged, page, portal, site_facts

ANNUAL = load_ruleset("annual")
URL = "http://www.yunling.gov.cn/zc/1.html"
LISTED = {
    "title": "国务院关于促进消费的若干意见", "number": "国发〔2026〕18号", "issued": "2026-11-02T18:30", "hours": 24,
}  # fmt: skip


def told(*pages: object, **changes: object) -> list[Finding]:
    rule = next(one for one in ANNUAL.known if one.id == "A7-reposts")
    rule = rule.model_copy(update={"params": {"policies": [LISTED | changes]}})
    ruleset = RuleSet(ANNUAL.profile, (rule,), ANNUAL.known, "sha256:test")
    return judged(site_facts(portal(), page_facts=list(pages)), ruleset=ruleset).findings


def repost(title: str, day: date, pub_date: str = "", number: str | None = None) -> object:
    return page(URL, title=title, published=day, doc_number=number, tags={"PubDate": pub_date} if pub_date else {})


@pytest.mark.parametrize(
    ("stated", "hours"),
    [("2026-11-03 18:30", None), ("2026-11-03 18:31", 24), ("2026-11-05 09:00", 62), ("", None)],
)
def test_the_delay_in_hours_on_both_sides_of_the_limit(stated: str, hours: int | None) -> None:
    day = date.fromisoformat(stated[:10]) if stated else date(2026, 11, 3)
    found = told(repost("国务院关于促进消费的若干意见", day, stated))
    assert [one.observed["hours"] for one in found] == ([] if hours is None else [hours])


def test_a_day_without_an_hour_counts_from_its_midnight() -> None:
    [found] = told(repost("国务院关于促进消费的若干意见", date(2026, 11, 5)))
    assert found.observed == {"hours": 54, "exact": False} and "至少54小时" in found.message


def test_the_number_is_enough_and_an_interpretation_is_no_repost() -> None:
    assert told(repost("促消费文件", date(2026, 11, 3), number="国发〔2026〕18号")) == []
    [found] = told(repost("《国务院关于促进消费的若干意见》政策解读", date(2026, 11, 3)))
    assert found.certainty == "suspected" and "仍未发现" in found.message and found.where[0].region == "home"


def test_what_is_not_yet_due_is_not_asked_for() -> None:
    assert told(issued="2026-11-19T18:30") == []  # as of 2026-11-20 10:00: fifteen and a half hours
