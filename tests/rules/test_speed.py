"""`judge` over 100,000 pages: under a minute of one core, without keeping the pages."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

from crawler.facts import PageFact
from rules.engine import judge
from rules.loader import load_ruleset
from tests.rules.build import FakeSite, ago, department, page, round_facts, site_facts

PAGES, SITES = 20_000, 5


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


def test_a_hundred_thousand_pages() -> None:
    facts, ruleset = round_facts(*(long_site(number) for number in range(SITES))), load_ruleset("annual")
    started = time.process_time()
    judgement = judge(facts, ruleset)
    seconds = time.process_time() - started
    tracemalloc.start()
    judge(round_facts(long_site(0)), ruleset)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"judge: {SITES * PAGES} pages, {seconds:.1f} s CPU; one site of {PAGES} pages, peak {peak:.1f} MB")
    assert judgement.errors == []
    assert seconds < 60
    assert peak < 100
