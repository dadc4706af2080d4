"""Judging a round by another profile is a trial: the ledger stays as the round's own profile left it."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.facts.store import latest_run, load_judgement, load_ledger, open_store
from reports.rounds import judge_and_write
from rules.loader import load_ruleset
from tests.walk.drive import Drive, inventory
from tests.walk.test_walk import COLUMN, city


def test_another_profile_changes_neither_judgement_nor_ledger(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    drive = Drive(engine, inventory(columns=[COLUMN]), city())
    drive.open()
    drive.finish()
    run = latest_run(engine, "2026-11")
    assert run is not None
    first = judge_and_write(engine, run, load_ruleset("monthly"), tmp_path / "out")
    stored, ledger = load_judgement(engine, "2026-11"), load_ledger(engine)
    assert not first.trial and ledger
    trial = judge_and_write(engine, run, load_ruleset("special-ipv6"), tmp_path / "out")
    assert trial.trial
    assert load_judgement(engine, "2026-11") == stored and load_ledger(engine) == ledger
    folder = tmp_path / "out" / "2026-11"
    assert json.loads((folder / "findings.json").read_text("utf-8"))["profile"] == "monthly"
    assert json.loads((folder / "special-ipv6" / "findings.json").read_text("utf-8"))["profile"] == "special-ipv6"
    again = judge_and_write(engine, run, load_ruleset("monthly"), tmp_path / "out")
    assert again.judgement == first.judgement
