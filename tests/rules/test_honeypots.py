"""Pages that are no site's fault: whatever answers with them as home page or column, no rule may accuse it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crawler.facts import ItemFact, Outcome, PageFact, Reason
from crawler.pages import Page, read_page
from crawler.pages.encoding import decode
from rules.loader import PROFILES, load_ruleset
from rules.schema import Judgement
from tests.rules.build import AS_OF, FakeSite, column, good_columns, judged, portal, site_facts

FOLDER = Path(__file__).parent / "honeypots"
AS_SEEN = {  # what the walk makes of these answers before a rule sees them
    "soft_404": (Outcome.DEAD, Reason.SOFT_404),
    "parked": (Outcome.SUSPECT, Reason.CHANGED_OWNER),
    "empty": (Outcome.SUSPECT, Reason.BAD_RESPONSE),
    "challenge_ruishu": (Outcome.BLOCKED, Reason.WAF_RUISHU),
    "challenge_jiasule": (Outcome.BLOCKED, Reason.WAF_JSL),
}
POTS = sorted(FOLDER.glob("*.html"))
PROFILE_NAMES = sorted(path.stem for path in PROFILES.glob("*.yaml"))
HOME = "http://www.yunling.gov.cn/"


def read(path: Path, url: str) -> Page:
    return read_page(path.read_bytes(), url, "text/html", as_of=AS_OF)


def as_fact(page: Page, region: str) -> PageFact:
    identity = {name: value for name, value in asdict(page.identity).items() if isinstance(value, str)}
    return PageFact(
        url=page.url, kind=page.kind, region=region, title=page.title, published=page.published, newest=page.newest,
        item_count=len(page.items), tags=page.tags, identity=identity,
    )  # fmt: skip


def items(page: Page) -> list[ItemFact]:
    return [ItemFact(item.url, item.title, item.date) for item in page.items]


def as_home(path: Path) -> FakeSite:
    page = read(path, HOME)
    fact = as_fact(page, "home")
    return site_facts(
        portal(site_code="5329010001"), home_page=fact, home_items=items(page), page_facts=[fact],
        words={HOME: decode(path.read_bytes())[1]},
    )  # fmt: skip


def as_column(path: Path) -> FakeSite:
    url = f"{HOME}gs/"
    page = read(path, url)
    outcome, reason = AS_SEEN.get(path.stem, (Outcome.OK, Reason.OK))
    fact = column(
        "gs",
        "通知公告",
        page.newest,
        kind=page.kind,
        item_count=len(page.items),
        url=url,
        outcome=outcome,
        reason=reason,
    )
    return site_facts(portal(), columns=[*good_columns(), fact], page_facts=[])


def accusations(judgement: Judgement) -> list[Any]:
    assert judgement.errors == []
    return [f for f in judgement.findings if f.level == "veto" or (f.certainty == "confirmed" and f.level != "bonus")]


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize("path", POTS, ids=lambda path: path.stem)
def test_as_a_home_page(path: Path, profile: str) -> None:
    assert accusations(judged(as_home(path), ruleset=load_ruleset(profile))) == []


@pytest.mark.parametrize("path", [path for path in POTS if path.stem != "mourning_grey"], ids=lambda path: path.stem)
def test_as_a_column(path: Path) -> None:
    assert accusations(judged(as_column(path))) == []


def test_the_grey_home_page_has_nothing_missing_at_all() -> None:
    facts = as_home(FOLDER / "mourning_grey.html")
    assert facts.home_page is not None and facts.home_page.kind == "home"
    told = judged(facts, ruleset=load_ruleset("quarterly")).findings
    assert not {f.rule for f in told} & {"V3", "D21", "D23a", "G6", "T1", "T4", "D22"}
