"""Jobs spread over processes."""

from __future__ import annotations

import pytest

from crawler.hosts import LINK_JOBS, job_of
from crawler.inventory import Site
from crawler.processes.share import how_many, share
from crawler.rounds import BadArgument


def sites(count: int) -> list[Site]:
    return [
        Site.model_validate({"id": f"s{n}", "name": "站", "kind": "department", "unit": "u", "url": f"http://s{n}.gov.cn/"})
        for n in range(count)
    ]  # fmt: skip


def test_every_job_belongs_to_one_process() -> None:
    parts = share(sites(5)[:3], 3, {}, sites(5)[3:])
    every = [job for part in parts for job in part]
    assert len(every) == len(set(every)) == 5 + LINK_JOBS
    assert {job_of("host:a.com"), job_of("site:s4")} <= set(every)


def test_a_large_site_stands_alone() -> None:
    large, rest = share(sites(5), 2, {"s3": 900, "s0": 100, "s1": 100, "s2": 100, "s4": 100})
    assert [job for job in sorted(large) if job.startswith("site:")] == ["site:s3"]
    assert len([job for job in rest if job.startswith("site:")]) == 4


@pytest.mark.parametrize(("text", "count"), [(None, 1), ("1", 1), ("2", 2), ("64", 5), (" AUTO ", None)])
def test_how_many(text: str | None, count: int | None) -> None:
    found = how_many(text, 5)
    assert found == count if count else 1 <= found <= 5


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", "1.5", "²"])
def test_what_is_no_number_of_processes(text: str) -> None:
    with pytest.raises(BadArgument, match="PROCESSES"):
        how_many(text, 5)
