"""The engine: merging, errors, exemptions, sums, and the same judgement for the same facts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts import Coverage
from crawler.inventory import Exemption
from rules.engine import judge
from rules.loader import load_ruleset
from rules.registry import CHECKS, CheckSpec, Draft
from rules.subjects import fingerprint, normal
from tests.rules.build import (
    MONTHLY,
    FakeRound,
    ago,
    blank,
    column,
    dead,
    department,
    dns,
    findings,
    good_columns,
    holder,
    item,
    judged,
    page,
    portal,
    round_facts,
    site_facts,
)

HOME = "http://www.yunling.gov.cn/"
QUARTERLY = load_ruleset("quarterly")


def test_a_site_in_good_order_has_no_finding() -> None:
    judgement = judged(site_facts(portal()), site_facts(department(), columns=[]))
    assert judgement.findings == [] and judgement.errors == []
    assert [(site.id, site.verdict, site.score) for site in judgement.sites] == [
        ("portal", "合格", 100),
        ("jyj", "合格", None),
    ]


def test_a_check_that_raises_is_an_error_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(site: Any, rule: Any, ctx: Any) -> Iterator[Draft]:
        yield Draft(subject=site.site.url, message="一半", deduction=5)
        raise ZeroDivisionError("half way")

    spec = CHECKS["dead_links"]
    monkeypatch.setitem(CHECKS, "dead_links", CheckSpec(spec.name, spec.params, spec.fields, run=broken))
    judgement = judged(site_facts(portal(), links=[dead(f"{HOME}x", holder(HOME, "home"))]))
    assert judgement.findings == []
    assert [(error.rule, error.site, error.error) for error in judgement.errors] == [
        ("D22", "portal", "ZeroDivisionError: half way")
    ]
    assert judgement.coverage.errors == 1 and judgement.sites[0].score == 100


class _Bursting:
    def __init__(self, at: str) -> None:
        self.at = at

    def visit(self, page: Any) -> None:
        if self.at == "visit":
            raise ValueError("page")

    def drafts(self) -> Iterator[Draft]:
        if self.at == "drafts":
            raise ValueError("end")
        yield Draft(subject=HOME, message="找到")


@pytest.mark.parametrize(("at", "found"), [("visit", 0), ("drafts", 0), ("never", 1)])
def test_a_page_check_that_raises_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch, at: str, found: int) -> None:
    spec = CheckSpec("dead_links", CHECKS["dead_links"].params, frozenset(), visitor=lambda *_: _Bursting(at))
    monkeypatch.setitem(CHECKS, "dead_links", spec)
    pages = [page(f"{HOME}{n}.html", published=date(2026, 11, n), body_hash=str(n)) for n in (1, 2)]
    judgement = judged(site_facts(portal(), page_facts=pages))
    assert len(judgement.findings) == found and len(judgement.errors) == 1 - found
    assert judgement.extra["published"]["total"] == 2


# --- exemptions ---------------------------------------------------------------------------------------------------


def exempt(rule: str, url: str, until: date) -> Exemption:
    return Exemption(rule=rule, url=url, until=until, reason="历史专题", by="张某")


@pytest.mark.parametrize(("until", "exempted"), [(date(2026, 11, 20), True), (date(2026, 11, 19), False)])
def test_an_exemption_counts_to_its_last_day(until: date, exempted: bool) -> None:
    facts = site_facts(portal(), columns=[*good_columns(), blank("zt")])
    judgement = judged(facts, exemptions=[exempt("V4.3", f"{HOME}zt/", until)])
    assert (judgement.findings == []) is exempted
    assert (judgement.extra["exempted"] != []) is exempted


def test_an_exempted_column_is_listed_and_does_not_count_for_the_veto() -> None:
    facts = site_facts(department(), columns=[blank(f"c{n}") for n in range(5)])
    assert judged(facts).sites[0].verdict == "不合格"
    judgement = judged(facts, exemptions=[exempt("V4.3", f"{HOME}c0/", date(2027, 1, 31))])
    assert judgement.sites[0].verdict == "合格"
    assert len(judgement.findings) == 4
    [row] = judgement.extra["exempted"]
    assert (row["subject"], row["by"], row["until"]) == (f"{HOME}c0/", "张某", "2027-01-31")


def test_an_exemption_of_one_clause_covers_the_problem_under_its_other_clauses() -> None:
    facts = site_facts(portal(), columns=[*good_columns(), blank("zt")])
    assert judged(facts, exemptions=[exempt("V4.3", f"{HOME}zt/", date(2027, 1, 1))]).findings == []
    assert judged(facts, exemptions=[exempt("D9", f"{HOME}zt/", date(2027, 1, 1))]).findings == []
    assert len(judged(facts, exemptions=[exempt("D22", f"{HOME}zt/", date(2027, 1, 1))]).findings) == 1


def test_samples_are_recorded_with_their_population_and_drawn_again() -> None:
    pages = [page(f"{HOME}a{n}.html", kind="article") for n in range(9)]
    first, second = (judged(site_facts(portal(), page_facts=p), ruleset=QUARTERLY) for p in (pages, pages[::-1]))
    [row] = [one for one in first.extra["samples"] if (one["rule"], one["kind"]) == ("D26", "article")]
    assert (row["site"], row["size"], row["of"], len(row["pages"])) == ("portal", 5, 9, 5)
    assert second.extra["samples"] == first.extra["samples"]
    other = judged(site_facts(portal(), page_facts=pages), ruleset=QUARTERLY, seed=8)
    assert other.extra["samples"] != first.extra["samples"]


def test_expired_exemptions_are_told() -> None:
    judgement = judged(site_facts(portal()), exemptions=[exempt("V4.3", f"{HOME}zt/", date(2026, 11, 19))])
    assert [one["url"] for one in judgement.extra["expired_exemptions"]] == [f"{HOME}zt/"]


# --- sums ---------------------------------------------------------------------------------------------------------


def test_coverage_is_the_sum_of_the_sites() -> None:
    judgement = judged(
        site_facts(portal(), coverage=Coverage(pages=10, links_checked=100, blocked=2, unchecked=3, requests=150)),
        site_facts(
            department(), columns=[], coverage=Coverage(pages=5, links_checked=20, blocked=1, unchecked=0, requests=25)
        ),
    )
    coverage = judgement.coverage
    assert (coverage.sites, coverage.pages, coverage.links_checked) == (2, 15, 120)
    assert (coverage.blocked, coverage.unchecked) == (3, 3)
    assert [site.requests for site in judgement.sites] == [150, 25]


def test_publications_count_each_article_of_the_period_once() -> None:
    def article(name: str, day: date | None, **changes: Any):
        return page(
            f"{HOME}{name}.html", published=day, **({"column": "yw", "unit": "zfb", "body_hash": name} | changes)
        )

    pages = [
        article("a", date(2026, 11, 1)),
        article("b", date(2026, 11, 20), unit="jyj"),
        article("a2", date(2026, 11, 1), body_hash="a"),
        article("c", date(2026, 10, 31)),
        article("d", date(2026, 11, 21)),
        article("e", None),
        article("f", date(2026, 11, 2), kind="list"),
        article("g", date(2026, 11, 2), column=None),
    ]
    published = judged(site_facts(portal(), page_facts=pages)).extra["published"]
    told = ("total", "by_type", "by_unit", "by_document", "from", "to")
    assert {name: published[name] for name in told} == {
        "total": 3, "by_type": {"其他": 1, "动态要闻": 2}, "by_unit": {"jyj": 1, "zfb": 2},
        "by_document": {"其他": 3}, "from": "2026-11-01", "to": "2026-11-20",
    }  # fmt: skip


def test_units_count_confirmed_problems() -> None:
    columns = [*good_columns(), column("jy", "其他", ago(90), update_days=30, unit="jyj"), blank("b")]
    rows = {row["unit"]: row for row in judged(site_facts(portal(), columns=columns)).extra["units"]}
    assert (
        rows["jyj"]["by_category"] == {"栏目不更新": 1}
        and rows["zfb"]["problems"] == 1
        and rows["czj"]["problems"] == 0
    )


def test_column_rows_show_every_state() -> None:
    columns = [
        column("a", "动态要闻", ago(1)), column("b", "动态要闻", ago(30)), blank("c"),
        column("d", "动态要闻", ago(1), kind="challenge"), column("e", "其他", ago(900)),
    ]  # fmt: skip
    rows = judged(site_facts(portal(), columns=columns)).extra["columns"]
    assert [row["state"] for row in rows] == ["正常", "未更新", "空白", "未能判定", "不适用"]
    assert (rows[1]["days"], rows[1]["window_days"], rows[1]["newest"]) == (30, 14, "2026-10-21")


# --- identity and determinism -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.yunling.gov.cn", "https://WWW.yunling.gov.cn:443/#top"),
        ("http://a.gov.cn/%E9%99%84.doc", "http://a.gov.cn/附.doc"),
        ("http://a.gov.cn:80/x?b=1", "http://a.gov.cn/x?b=1"),
    ],
)
def test_one_problem_has_one_fingerprint(one: str, other: str) -> None:
    assert normal(one) == normal(other)
    assert fingerprint("链接不可用", "portal", one) == fingerprint("链接不可用", "portal", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.gov.cn:8081/", "http://a.gov.cn:8082/"),
        ("http://a.gov.cn/x", "http://a.gov.cn/X"),
        ("http://a.gov.cn/?a", "http://a.gov.cn/?b"),
    ],
)
def test_different_places_have_different_fingerprints(one: str, other: str) -> None:
    assert fingerprint("链接不可用", "portal", one) != fingerprint("链接不可用", "portal", other)


def test_a_stale_column_is_the_same_problem_whether_scored_or_not() -> None:
    columns = [column("x", "动态要闻", ago(30))]
    scored = findings(judged(site_facts(portal(), columns=columns)), "栏目不更新")[0]
    unscored_site = department(id="portal", url=HOME)
    unscored = findings(judged(site_facts(unscored_site, columns=columns)), "栏目不更新")[0]
    assert (scored.rule, unscored.rule) == ("D4", "V4.1")
    assert scored.fingerprint == unscored.fingerprint


def busy_round() -> FakeRound:
    columns = [
        *good_columns(), column("s1", "动态要闻", ago(30)), blank("b1"),
        column("s2", "通知公告", ago(300), unit="jyj"), blank("b2", unit="czj"),
        column("same", "动态要闻", ago(30), same_as="s1"),
    ]  # fmt: skip
    links = [
        dead(f"{HOME}{n}.html", holder(HOME, "home"), holder(f"{HOME}s2/", "column", "s2"), holder(f"{HOME}b{n}.html"))
        for n in range(4)
    ]
    network = [dns("AAAA", "nodata"), dns("NS", records=["ns1.a.cn"])]
    pages = [page(f"{HOME}p{n}.html", published=ago(n), body_hash=str(n % 5)) for n in range(12)]
    first = site_facts(portal(), columns=columns, links=links, network=network, page_facts=pages)
    second = site_facts(
        department(url="http://www.ylczj.gov.cn/"), columns=[blank(f"c{n}") for n in range(6)], home_items=[item(30)]
    )
    return round_facts(first, second)


def shuffled(facts: FakeRound, seed: int) -> FakeRound:
    rng = random.Random(seed)

    def mixed(values: Any) -> list[Any]:
        return rng.sample(list(values), len(values))

    sites = [
        replace(
            site, columns=mixed(site.columns), network=mixed(site.network), page_facts=mixed(site.page_facts),
            home_items=mixed(site.home_items),
            links=[replace(link, holders=mixed(link.holders)) for link in mixed(site.links)],
        )
        for site in mixed(facts.site_facts)
    ]  # fmt: skip
    return replace(facts, site_facts=sites)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_facts_does_not_matter(seed: int) -> None:
    facts = busy_round()
    assert judge(shuffled(facts, seed), MONTHLY).model_dump_json() == judge(facts, MONTHLY).model_dump_json()


def test_a_site_is_read_before_the_next_is_drawn() -> None:
    class OneAtATime(FakeRound):
        def sites(self) -> Iterator[Any]:
            for site in self.site_facts:
                yield site
                site.columns = site.links = site.page_facts = ()

    facts = busy_round()
    strict = OneAtATime(**{name: getattr(facts, name) for name in FakeRound.__dataclass_fields__})
    expected = judge(busy_round(), MONTHLY).findings
    assert judge(strict, MONTHLY).findings == expected and expected
