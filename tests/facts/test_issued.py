"""Bulletins written leave a record in the store: one for each period and subject, told by year."""

from __future__ import annotations

from pathlib import Path

from crawler.facts.issued import issued_in, note_issued
from crawler.facts.store import open_store
from reports.yearwork import work_rows
from rules.ledger import Ledger
from tests.reports.test_year import year_of


def test_written_twice_is_one_and_other_years_are_apart(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'f.db'}")
    assert issued_in(engine, "2026") == ()
    note_issued(engine, "2026-11", "", "round")
    note_issued(engine, "2026-11", "", "command")
    note_issued(engine, "2026-11", "ipv6", "command")
    note_issued(engine, "2025-12", "", "round")
    found = issued_in(open_store(f"sqlite:///{tmp_path / 'f.db'}"), "2026")
    assert [(one.period, one.subject, one.by) for one in found] == [
        ("2026-11", "", "command"), ("2026-11", "ipv6", "command"),
    ]  # fmt: skip
    assert found[0].at.endswith("+00:00")


def test_the_years_work_counts_them(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'f.db'}")
    for period, subject in (("2026-10", ""), ("2026-11", ""), ("2026-Q4", ""), ("2026", ""), ("2026-11", "links")):
        note_issued(engine, period, subject, "command")
    stored = year_of({})
    told = {name: value for name, value, *_ in work_rows(stored, Ledger())}
    assert (told["印发通报"], told["开展专项整治"]) == ("", ""), "nothing recorded: left to a person"
    known = type(stored)(**{**vars(stored), "issued": issued_in(engine, "2026")})
    told = {name: value for name, value, *_ in work_rows(known, Ledger())}
    assert (told["印发通报"], told["开展专项整治"]) == (3, 1), "the year's own bulletin is not counted in itself"
    special = stored.rounds[0].model_copy(update={"profile": "special-links"})
    same = type(stored)(**{**vars(known), "rounds": (special,)})
    assert {name: value for name, value, *_ in work_rows(same, Ledger())}["开展专项整治"] == 1
