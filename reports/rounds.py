"""From stored facts to documents: what the end of a crawl and `scrapy judge` share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from crawler.facts import REASONS
from crawler.facts.issued import note_issued
from crawler.facts.read import StoredRound
from crawler.facts.store import Run, judged_rounds, judgement_part, ledger_entries, load_judgement, save_judgement
from crawler.inventory import Inventory
from reports.documents import write_documents
from reports.stored import earlier_points
from rules.engine import judge
from rules.forms import Answer
from rules.ledger import Entry, Ledger, advance
from rules.loader import RuleSet
from rules.schema import Judgement


class NothingSeen(Exception):
    """Not one page of the round could be read; the message says why, site by site."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged round with its documents."""

    judgement: Judgement
    inventory: Inventory
    paths: list[Path]
    trial: bool = False  # by another profile than the ledger's: told, not kept


def stored_ledger(engine: Engine) -> Ledger:
    """The ledger of all rounds."""
    return Ledger(entries={name: Entry.model_validate(data) for name, data in ledger_entries(engine)})


class _Plain(Mapping[str, dict[str, Any]]):
    """The entries of a ledger as the store takes them, each made when it is asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._entries = ledger.entries

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self._entries[name].model_dump(mode="json")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def previous_judgement(engine: Engine, round_name: str) -> Judgement | None:
    """The judgement of the newest earlier round of the same kind (month after month, quarter after quarter)."""
    same = [name for name in judged_rounds(engine) if name < round_name and _kind(name) == _kind(round_name)]
    data = load_judgement(engine, same[-1]) if same else None
    return Judgement.model_validate(data) if data else None


def remembered_answers(engine: Engine, round_name: str) -> list[Answer]:
    """What people reported when the round was judged before: asked once a round."""
    return [Answer.model_validate(one) for one in judgement_part(engine, round_name, "extra", "answers") or ()]


def _kind(round_name: str) -> str:
    return "".join("9" if char.isdigit() else char for char in round_name)


def judge_run(
    engine: Engine, run: Run, rules: RuleSet, answers: Sequence[Answer] = (), *, keep: bool = True
) -> tuple[Judgement, Inventory, Ledger]:
    """Judge the stored facts of a run with what people reported; `keep` stores it and moves the ledger on.

    Returns the inventory of the run and the ledger as it then stands in the store.
    """
    with closing(StoredRound(engine, run)) as facts:
        ledger = stored_ledger(engine)
        answers = answers or remembered_answers(engine, run.round)
        judgement = judge(facts, rules, previous=ledger, exemptions=ledger.exemptions(), answers=answers)
        if not judgement.coverage.pages:
            raise NothingSeen(nothing_seen_message(facts))
    if keep:
        ledger = advance(ledger, judgement.findings, judgement.closed, run.round, run.as_of)
        save_judgement(engine, run.round, run.id, judgement.model_dump(mode="json"), _Plain(ledger))
    return judgement, facts.inventory, ledger


def judge_and_write(engine: Engine, run: Run, rules: RuleSet, output: Path, answers: Sequence[Answer] = ()) -> Judged:
    """Judge a run and write its documents into `output`/<round>/.

    A round is in the ledger as one profile judged it. Judging it by another is a trial: nothing is stored, and the
    documents go to `output`/<round>/<profile>/.
    """
    profile = judgement_part(engine, run.round, "profile")
    trial = profile is not None and profile != rules.profile.name
    judgement, inventory, ledger = judge_run(engine, run, rules, answers, keep=not trial)
    folder = output / run.round / rules.profile.name if trial else output / run.round
    previous = previous_judgement(engine, run.round)
    trend = earlier_points(engine, run.round)
    paths = write_documents(judgement, inventory, folder, previous=previous, ledger=ledger, trend=trend)
    if not trial:
        subject = rules.profile.name.removeprefix("special-") if rules.profile.name.startswith("special-") else ""
        note_issued(engine, run.round, subject, "round")
    return Judged(judgement, inventory, paths, trial)


def nothing_seen_message(facts: StoredRound) -> str:
    """Why each site's home page gave nothing."""
    lines = ["本轮没有读到任何页面，不能评判，也不生成文档。各站点首页情况："]
    for site in facts.sites():
        home = site.home
        what = REASONS[home.reason].name if home else "未访问"
        lines.append(f"  {site.site.name}（{site.site.url}）：{what}")
    lines.append("请检查本机网络、域名服务器（DNS_SERVERS）和清单中的网址后重试。")
    return "\n".join(lines)
