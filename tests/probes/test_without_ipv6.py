"""A machine without IPv6: every IPv6 result is unchecked, and no rule makes a finding of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.facts import NetworkFact
from crawler.inventory import Site
from rules.loader import load_ruleset
from tests.rules.build import AS_OF, judged, site_facts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lines() -> list[Any]:
    """What the look told from inside the namespace."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("NO NETWORK NAMESPACE HERE (root and `unshare -n` are needed): the patched test alone stands")
    command = [unshare, "-n", sys.executable, "-m", "tests.probes.without_ipv6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 3:
        pytest.skip(f"IPV6 CANNOT BE SWITCHED OFF IN A NAMESPACE HERE: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_namespace_has_no_ipv6(lines: list[Any]) -> None:
    assert lines[0] == {"route": False, "loopback": False}


def test_every_ipv6_result_is_unchecked_and_says_so(lines: list[Any]) -> None:
    told = {key: (outcome, data.get("reason")) for probe, _, key, outcome, data in lines[1:] if probe == "ipv6"}
    assert told == {"home": ("unchecked", "no-ipv6-here")}


def test_names_and_ipv4_are_seen_all_the_same(lines: list[Any]) -> None:
    told = {(probe, key): outcome for probe, _, key, outcome, _ in lines[1:]}
    assert told["dns", "AAAA"] == told["dns", "A"] == told["dns", "NS-AAAA"] == "ok"


@pytest.mark.parametrize("profile", ["monthly", "special-ipv6"])
def test_no_rule_accuses_the_site(lines: list[Any], profile: str) -> None:
    facts = [NetworkFact(probe, host, key, outcome, data, AS_OF) for probe, host, key, outcome, data in lines[1:]]
    site = Site(id="portal", name="门户网站", kind="portal", unit="zfb", url="http://www.a.gov.cn/")
    judgement = judged(site_facts(site, network=facts), ruleset=load_ruleset(profile))
    assert [one for one in judgement.findings if one.category == "IPv6不支持"] == []
    [row] = judgement.extra["ipv6"]
    assert (row["aaaa"], row["home"], row["level2"], row["parts"]) == ("支持", "未测", "未测", "未测")
