"""Judgements of rounds and periods as the store has them, with the inventory they were judged by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from crawler.facts.issued import Issued, issued_in
from crawler.facts.store import STORED_AWAY, judged_rounds, latest_run, load_judgement, load_ledger
from crawler.inventory import Inventory
from reports.periods import combined, months_of, previous_code
from reports.trends import MOST, RoundPoint, point_of
from rules.published import REPORT_SEASON
from rules.schema import Judgement


class NothingStored(Exception):
    """No judgement for what was asked; the message is Chinese and names what there is."""


@dataclass(frozen=True)
class Stored:
    """A judged period with the one before it."""

    judgement: Judgement
    inventory: Inventory
    previous: Judgement | None
    rounds: tuple[Judgement, ...]
    trend: tuple[RoundPoint, ...] = ()
    issued: tuple[Issued, ...] = ()  # bulletins written of periods of the same year


def judged(engine: Engine, round_name: str) -> Judgement | None:
    """The stored judgement of one round."""
    data = load_judgement(engine, round_name)
    return Judgement.model_validate(data) if data else None


def rounds_of(engine: Engine, code: str) -> list[Judgement]:
    """The judgements that tell of a period, oldest first: the round of that name, else the months inside it."""
    if (exact := judged(engine, code)) is not None:
        return [exact]
    known = set(judged_rounds(engine))
    found = [judged(engine, month) for month in months_of(code) if month in known]
    return [one for one in found if one is not None]


def of_period(engine: Engine, code: str) -> Judgement | None:
    """One judgement of a round, a quarter, a half-year or a year; None when no round tells of it."""
    rounds = rounds_of(engine, code)
    if not rounds:
        return None
    if [r.round for r in rounds] == [code]:
        return rounds[0]
    dismissed = {name for name, entry in load_ledger(engine).items() if entry.get("dismissed")}
    return combined(code, rounds, _later(engine, code), dismissed)


def load(engine: Engine, code: str = "") -> Stored:
    """What is stored of a period, by default the newest round. Raises NothingStored."""
    names = judged_rounds(engine)
    if not names:
        raise NothingStored("数据库中还没有评判过的轮次，请先执行 scrapy crawl gov_sites。")
    wanted = code or max(names, key=lambda name: _as_of(engine, name))
    judgement = of_period(engine, wanted)
    if judgement is None:
        raise NothingStored(f"没有 {wanted} 的评判结果。已有的轮次：{'、'.join(names)}。")
    rounds = rounds_of(engine, wanted)
    before = previous_code(wanted)
    previous = of_period(engine, before) if before else None
    trend = earlier_points(engine, wanted) if len(rounds) == 1 else [point_of(one) for one in rounds]
    before_it = previous or _older(engine, wanted)
    inventory = inventory_of(engine, rounds[-1].round)
    return Stored(judgement, inventory, before_it, tuple(rounds), tuple(trend), issued_in(engine, wanted[:4]))


def earlier_points(engine: Engine, round_name: str) -> list[RoundPoint]:
    """The rounds of the same kind before this one, oldest first, one read at a time."""
    same = [name for name in judged_rounds(engine) if name < round_name and _kind(name) == _kind(round_name)]
    found = (judged(engine, name) for name in same[1 - MOST :])
    return [point_of(one) for one in found if one is not None]


def inventory_of(engine: Engine, round_name: str) -> Inventory:
    """The inventory that a round was walked by."""
    run = latest_run(engine, round_name, states=("walked",)) or latest_run(engine, round_name, states=STORED_AWAY)
    if run is None:
        raise NothingStored(
            f"轮次 {round_name} 的巡查记录不完整，请重新执行 scrapy crawl gov_sites -a round={round_name}。"
        )
    return Inventory.model_validate_json(run.inventory)


def _later(engine: Engine, code: str) -> list[Judgement]:
    """The monthly rounds of the season after a period: they still see what was published in its last days."""
    months = months_of(code)
    year, month = int(months[-1][:4]), int(months[-1][5:])
    after = [divmod(year * 12 + month + n, 12) for n in range(REPORT_SEASON)]
    known = set(judged_rounds(engine))
    found = [judged(engine, name) for y, m in after if (name := f"{y}-{m + 1:02d}") in known]
    return [one for one in found if one is not None]


def _older(engine: Engine, code: str) -> Judgement | None:
    """The newest earlier round of the same kind, where the one right before was never walked."""
    same = [name for name in judged_rounds(engine) if name < code and _kind(name) == _kind(code)]
    return judged(engine, same[-1]) if same else None


def _kind(code: str) -> str:
    return "".join("9" if char.isdigit() else char for char in code)


def _as_of(engine: Engine, name: str) -> str:
    data = load_judgement(engine, name) or {}
    return str(data.get("as_of", ""))
