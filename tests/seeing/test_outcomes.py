"""The closed list of reasons: complete, in words fit for print, and matched exhaustively."""

from __future__ import annotations

import re

import pytest

from crawler.outcomes import REASONS, Outcome, Reason, Seeing


def _printed_as(outcome: Outcome) -> str:
    """Where a bulletin tells an outcome; a new outcome fails here and in mypy until its place is decided."""
    match outcome:
        case Outcome.DEAD:
            return "problem"
        case Outcome.SUSPECT:
            return "work list"
        case Outcome.BLOCKED | Outcome.UNCHECKED:
            return "coverage"
        case Outcome.OK:
            return "nothing"


def test_every_outcome_has_its_place() -> None:
    assert {_printed_as(outcome) for outcome in Outcome} == {"problem", "work list", "coverage", "nothing"}


def test_every_reason_is_explained_and_no_other() -> None:
    assert set(REASONS) == set(Reason)


def test_the_five_states_of_the_contract() -> None:
    assert {str(outcome) for outcome in Outcome} == {"ok", "dead", "suspect", "blocked", "unchecked"}
    assert {info.outcome for info in REASONS.values()} == set(Outcome)


@pytest.mark.parametrize(
    "value",
    [
        "http-404", "dns-nxdomain", "connect-refused", "timeout", "soft-404", "empty-file", "waf-ruishu", "waf-jsl",
        "rate-limited", "robots", "budget", "scheme", "intranet-address", "tls-handshake", "not-saved", "catch-all",
    ],
)  # fmt: skip
def test_names_of_the_contract_stand(value: str) -> None:
    assert Reason(value) in REASONS


@pytest.mark.parametrize("reason", Reason)
def test_words_are_fit_for_print(reason: Reason) -> None:
    info = REASONS[reason]
    assert re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9（）、，]{2,24}", info.name)
    assert not info.advice.endswith("。")
    assert re.search(r"[\u4e00-\u9fff]", info.name)
    if info.outcome in {Outcome.DEAD, Outcome.SUSPECT, Outcome.BLOCKED}:
        assert info.advice, "a person must know what to do"


def test_names_tell_reasons_apart() -> None:
    names = [info.name for info in REASONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("reason", Reason)
def test_only_failures_can_be_confirmed(reason: Reason) -> None:
    info = REASONS[reason]
    assert info.confirmable == (info.outcome is Outcome.DEAD)
    assert not info.later or info.outcome is Outcome.SUSPECT


def test_what_the_contract_lets_die_in_one_run() -> None:
    confirmable = {str(reason) for reason, info in REASONS.items() if info.confirmable}
    assert confirmable == {
        "http-404", "http-410", "dns-nxdomain", "connect-refused", "empty-file", "wrong-type", "soft-404"
    }  # fmt: skip


def test_a_seeing_has_the_outcome_of_its_reason() -> None:
    assert Seeing(Reason.HTTP_403, 403).outcome is Outcome.BLOCKED
