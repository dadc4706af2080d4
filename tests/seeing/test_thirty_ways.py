"""The rows of the thirty ways to wrong a site that one answer, or several answers, decide. Named by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.facts.model import Attempt
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.circuit import HostCircuit
from crawler.seeing.recheck import settled
from crawler.seeing.response import see_response
from crawler.seeing.tuning import tuning
from tests.seeing.answers import Answer, stored

HTML = {"content-type": "text/html"}
URL = "http://www.yunling.gov.cn/zwgk/1.html"
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def over_days(*reasons: Reason) -> Outcome:
    """One GET a day."""
    known = [Attempt(START + timedelta(days=day), reason) for day, reason in enumerate(reasons)]
    return settled(known, tuning().recheck, START + timedelta(days=99))[0]


@pytest.mark.parametrize("answer", stored("positive"), ids=lambda a: f"{a.path.parent.name}/{a.path.stem}")
def test_f1_f2_f3_challenges_are_blocked_however_often(answer: Answer) -> None:
    reason = see_response(answer.status, answer.headers, answer.body, URL).reason
    assert REASONS[reason].outcome is Outcome.BLOCKED
    assert over_days(*[reason] * 20) is Outcome.BLOCKED


@pytest.mark.parametrize("status", [404, 503, 403])
def test_f4_a_host_that_refuses_robots_has_no_dead_links(status: int) -> None:
    reason = see_response(status, HTML, b"<html><p>error</p></html>", URL).reason
    circuit = HostCircuit()
    circuit.record(0, Reason.OK, home=True)
    for second in range(1, 40):
        circuit.record(second, reason)
    assert circuit.suspect
    known = [Attempt(START + timedelta(hours=12 * n), reason) for n in range(3)]
    outcome, _ = settled(known, tuning().recheck, START + timedelta(days=9), host_suspect=circuit.suspect)
    assert outcome in {Outcome.SUSPECT, Outcome.BLOCKED}


def test_f5_rate_limits_are_never_a_finding() -> None:
    reason = see_response(429, {"retry-after": "1"}, b"", URL).reason
    assert over_days(*[reason] * 20) is Outcome.BLOCKED
    assert over_days(reason, reason, Reason.OK) is Outcome.OK


def test_f6_refused_methods_are_not_dead() -> None:
    for status in (405, 501):
        reason = see_response(status, HTML, b"", URL).reason
        assert over_days(reason) is Outcome.SUSPECT
    assert over_days(*[see_response(405, HTML, b"", URL).reason] * 9) is Outcome.SUSPECT


def test_f7_f8_tls_faults_wait_and_national_cryptography_never_dies() -> None:
    assert over_days(Reason.TLS_HANDSHAKE) is Outcome.SUSPECT
    assert over_days(*[Reason.TLS_SM2_ONLY] * 20) is Outcome.SUSPECT


def test_f17_one_bad_night_is_not_a_dead_link() -> None:
    for reason in (Reason.TIMEOUT, Reason.CONNECT_RESET, Reason.HTTP_5XX):
        night = [Attempt(START + timedelta(minutes=10 * n), reason) for n in range(12)]
        assert settled(night, tuning().recheck, START + timedelta(days=1))[0] is Outcome.SUSPECT
        morning = [*night, Attempt(START + timedelta(hours=10), Reason.OK)]
        assert settled(morning, tuning().recheck, START + timedelta(days=1))[0] is Outcome.OK


def test_f18_our_own_network_judges_nothing() -> None:
    assert over_days(*[Reason.OWN_NETWORK] * 9) is Outcome.UNCHECKED
    assert over_days(Reason.OK, Reason.OWN_NETWORK) is Outcome.OK


def test_f19_resolver_faults_wait_and_missing_names_are_confirmed() -> None:
    assert over_days(Reason.DNS_FAILURE) is Outcome.SUSPECT
    assert over_days(Reason.DNS_NXDOMAIN) is Outcome.SUSPECT
    assert over_days(Reason.DNS_NXDOMAIN, Reason.DNS_NXDOMAIN) is Outcome.DEAD


@pytest.mark.parametrize(
    "reason", [Reason.INTRANET_ADDRESS, Reason.SCHEME, Reason.TRAP, Reason.ROBOTS, Reason.CATCH_ALL]
)
def test_f11_f15_f16_f21_what_is_not_checked_is_never_dead(reason: Reason) -> None:
    assert over_days(*[reason] * 9) is Outcome.UNCHECKED


def test_f25_a_new_owner_is_for_a_person_to_decide() -> None:
    page = "<html><p>此域名可出售</p><p>域名经纪</p></html>".encode()
    reason = see_response(200, HTML, page, "http://ylly.com/", foreign=True).reason
    assert over_days(*[reason] * 20) is Outcome.SUSPECT


def test_f26_login_is_neither_dead_nor_checked() -> None:
    assert over_days(*[see_response(401, HTML, b"", URL).reason] * 9) is Outcome.UNCHECKED


def test_f28_headers_and_first_bytes_of_a_huge_file_are_enough() -> None:
    first = b"PK\x03\x04" + bytes(60)
    for body in (b"", first):
        seeing = see_response(
            200, {"content-type": "application/zip"}, body, "http://a.gov.cn/1.zip", expects=".zip",
            declared_size=200_000_000, truncated=True,
        )  # fmt: skip
        assert seeing.outcome is Outcome.OK


def test_f30_a_fault_of_the_tool_changes_nothing() -> None:
    assert over_days(*[Reason.TOOL_ERROR] * 9) is Outcome.UNCHECKED
    assert over_days(Reason.HTTP_404, Reason.TOOL_ERROR) is Outcome.SUSPECT
