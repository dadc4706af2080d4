"""What the network city's name servers do: odd resolvers, signed zones, and a machine without IPv6."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.inventory import load_inventory
from crawler.probes import web_facts
from crawler.probes.dns import Resolver
from crawler.probes.dnssec import Dnssec
from crawler.probes.network import look_at_site
from crawler.probes.zone import zone_of
from tests.house.compare import clauses_of
from tests.staging.process import ROOT, City, start_city
from tests.staging.rounds import AS_OF, Done, crawl

PROFILE = str(ROOT / "tests" / "staging" / "network_profile.yaml")


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with start_city(AS_OF, city="network") as running:
        yield running


def server(city: City, name: str = "") -> tuple[str, int]:
    """Address of the city's own name server, or of an odd one."""
    return "127.0.0.1", city.resolvers[name] if name else city.dns_port


def truth_of(city: City) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(city.truth.read_text("utf-8"))
    return data


def test_signed_unsigned_and_bogus_zones_are_told_apart(city: City) -> None:
    known = truth_of(city)["dnssec"]

    async def main() -> dict[str, str]:
        resolver = Resolver([server(city)])
        dnssec = Dnssec(resolver, {".": [known["anchor"]]})
        return {
            host: (await dnssec.state(host, (await zone_of(resolver, host)).name)).state for host in known["states"]
        }

    assert asyncio.run(main()) == known["states"]
    assert set(known["states"].values()) == {"validated", "bogus", "unsigned"}


def test_a_resolver_that_lies_is_found_out(city: City) -> None:
    async def main() -> tuple[list[bool], list[str]]:
        resolver = Resolver([server(city, "liar"), server(city)])
        check = await resolver.check_servers()
        answer = await resolver.query("www.ylshuiwu.gov.cn", "A")
        return [state.lies for state in check.states], [answer.outcome]

    lies, outcomes = asyncio.run(main())
    assert lies == [True, False] and outcomes == ["nxdomain"]


def test_a_resolver_that_never_answers_costs_a_bounded_time(city: City) -> None:
    async def main() -> str:
        return (await Resolver([server(city, "mute")], lifetime=2).query("www.yunling.gov.cn", "A")).outcome

    began = time.monotonic()
    assert asyncio.run(main()) == "timeout"
    assert time.monotonic() - began < 4


def test_a_round_with_only_a_mute_resolver_ends_with_a_message(city: City, tmp_path: Path) -> None:
    began = time.monotonic()
    mute = f"127.0.0.1:{city.resolvers['mute']}"
    done = crawl(city, tmp_path, "-a", "sites=wlj", "-s", f"DNS_SERVERS={mute}", profile=PROFILE)
    assert done.status == 1 and mute in done.said and "Traceback" not in done.said
    assert time.monotonic() - began < 60
    assert not (tmp_path / "output" / "2026-11" / "findings.json").exists()


def test_resolvers_that_disagree_are_told_and_the_name_is_not_called_missing(city: City, tmp_path: Path) -> None:
    both = f"127.0.0.1:{city.resolvers['other']},{city.dns_servers}"
    done: Done = crawl(city, tmp_path, "-a", "sites=wlj,bwg", "-s", f"DNS_SERVERS={both}", profile=PROFILE)
    assert done.status == 0, done.said
    agree = dict(done.rows("select site, json_extract(data, '$.agree') from network where key = 'servers'"))
    assert agree == {"wlj": 0, "bwg": 1}
    told = [one for one in done.findings["findings"] if "N15" in clauses_of(one)]
    assert [one["site"] for one in told] == ["wlj"]
    assert not done.rows("select url from address where outcome = 'dead'")


def test_without_ipv6_here_every_ipv6_result_is_unchecked(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_facts, "has_ipv6_route", lambda: False)
    monkeypatch.setattr(web_facts, "has_ipv6_loopback", lambda: False)
    sites = [site for site in load_inventory(city.inventory).sites if site.id.startswith("v6") or site.id == "portal"]

    async def main() -> list[tuple[str, str, str]]:
        resolver = Resolver([server(city)])
        looks = await asyncio.gather(*(look_at_site(site, resolver, staging=True) for site in sites))
        return [(f.host, f.key, f.outcome) for facts in looks for f in facts if f.probe == "ipv6"]

    found = asyncio.run(main())
    assert len(found) == len(sites) == 14
    assert {outcome for _, _, outcome in found} == {"unchecked"}
