"""`judge` reads a site's pages as they come and keeps none. Time is measured by `python -m benchmarks.judging`."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from crawler.facts import PageFact
from rules.engine import judge
from rules.loader import load_ruleset
from tests.rules.build import FakeSite, ago, department, page, round_facts, site_facts

PAGES = 20_000


class LongSite(FakeSite):
    def pages(self) -> Iterator[PageFact]:
        for number in range(PAGES):
            yield page(
                f"{self.site.url}a/{number}.html", published=ago(number % 400), body_hash=str(number), column="yw",
                unit="zfb", headline=f"关于第{number}号的通知", tags={"SiteName": "x"}, identity={"icp": "x"},
                extra={"dates": {"label": "2026-10-01"}},
            )  # fmt: skip


def long_site(number: int) -> LongSite:
    base = site_facts(department(id=f"d{number}", url=f"http://d{number}.yunling.gov.cn/"))
    return LongSite(**{name: getattr(base, name) for name in FakeSite.__dataclass_fields__})


def test_a_long_site_is_judged_without_keeping_its_pages() -> None:
    facts, ruleset = round_facts(long_site(0)), load_ruleset("annual")
    tracemalloc.start()
    judgement = judge(facts, ruleset)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert judgement.errors == []
    assert peak < 100
