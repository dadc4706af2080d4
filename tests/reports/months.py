"""Three months of the fictional city in a store: problems found, fixed, back again, a site nobody reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Engine

from crawler.facts.store import finish_run, open_store, save_judgement, start_run
from reports.figures import CHINA
from rules.ledger import Ledger, advance, closed_now, with_history
from rules.schema import Finding, Judgement
from tests.reports import build

UNREACHED = "site09"
PLAN = {  # place of the problem → which months find it
    "always": (build.stale(0, 0, 40), (9, 10, 11)),
    "fixed in October": (build.stale(1, 0, 31), (9,)),
    "new in November": (build.blank(2, 3), (11,)),
    "fixed, then back": (build.dead(3, 3), (9, 11)),
    "fixed in November": (build.dead(4, 4, holders=7), (9, 10)),
    "never reached again": (build.dead(9, 9), (9,)),
}


@dataclass(frozen=True)
class Months:
    """The store and the judgement of each month."""

    engine: Engine
    url: str
    rounds: dict[int, Judgement]
    ledger: Ledger


def three_months(folder: Path) -> Months:
    """September, October and November as the judge and the ledger make them."""
    url = f"sqlite:///{folder}/inspection.db"
    engine = open_store(url)
    ledger, rounds = Ledger(), {}
    for month in (9, 10, 11):
        judgement, ledger = _judged(month, ledger)
        rounds[month] = judgement
        entries = {name: entry.model_dump(mode="json") for name, entry in ledger.entries.items()}
        save_judgement(engine, judgement.round, _run(engine, judgement), judgement.model_dump(mode="json"), entries)
    return Months(engine, url, rounds, ledger)


def _judged(month: int, ledger: Ledger) -> tuple[Judgement, Ledger]:
    as_of = datetime(2026, month, 20, 10, tzinfo=CHINA)
    code = f"2026-{month:02d}"
    found: list[Finding] = [finding for finding, months in PLAN.values() if month in months]
    told = with_history(found, ledger, code, as_of)
    reached = [f.fingerprint for f, _ in PLAN.values() if f.site != UNREACHED]
    closed = closed_now(ledger, told, code, as_of, lambda f: f.fingerprint in reached)
    base = build.judgement()
    published = {
        "total": month,
        "by_type": {"动态要闻": month - 2, "政策文件": 2},
        "by_unit": {"zfb": month},
        "from": f"{code}-01",
        "to": f"{code}-20",
    }
    update = {
        "round": code,
        "as_of": as_of.isoformat(),
        "findings": told,
        "closed": closed,
        "extra": {**base.extra, "published": published},
    }
    return base.model_copy(update=update), advance(ledger, told, closed, code, as_of)


def _run(engine: Engine, judgement: Judgement) -> int:
    run = start_run(
        engine,
        round=judgement.round,
        as_of=datetime.fromisoformat(judgement.as_of),
        inventory=build.inventory(hostile=False).model_dump_json(),
        inventory_digest="sha256:0",
        sites="",
        seed=1,
        tool="xuncha",
        loopback=True,
    )
    finish_run(engine, run.id)
    return run.id
