"""All documents of a round: findings.json, 通报, 问题台账, index.html, 整改通知单/, 评分表/ and csv/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic_core import to_json

from crawler.inventory import Inventory
from reports.bulletin import compose, lines, tell
from reports.csvfiles import FOLDER as CSV
from reports.csvfiles import csv_files
from reports.dashboard import build_dashboard
from reports.figures import period_name
from reports.files import safe_name, write_all
from reports.gbt9704 import render
from reports.notices import FOLDER as NOTICES
from reports.notices import notices
from reports.options import Options
from reports.scorecards import FOLDER as SCORES
from reports.scorecards import scorecards
from reports.trends import RoundPoint
from reports.workbook import build_workbook
from rules.ledger import Ledger
from rules.schema import Judgement

FINDINGS, LEDGER, DASHBOARD = "findings.json", "问题台账.xlsx", "index.html"


def write_documents(
    judgement: Judgement,
    inventory: Inventory,
    out_dir: Path,
    previous: Judgement | None = None,
    options: Options | None = None,
    ledger: Ledger | None = None,
    bulletin: bytes | None = None,
    trend: Sequence[RoundPoint] = (),
) -> list[Path]:
    """Write the round's documents into `out_dir`, in a fixed order; the same judgement gives the same bytes.

    `previous` is the judgement of the round before, for 上期问题整改情况; `ledger` holds what people filled in;
    `bulletin` is the 通报 where it was made from an office's own template; `trend` the rounds before it.
    All documents are made before the first takes the place of its older copy. Raises OutputError.
    Returns the files, and the folders of notices, score sheets and tables.
    """
    chosen = options or Options()
    made = documents(judgement, inventory, previous, chosen, ledger, bulletin, trend)
    paths = write_all((out_dir / name, content) for name, content in made)
    kept = {path.name for path in paths}
    _drop_old(out_dir / NOTICES, f"{NOTICES}（*.docx", kept)
    _drop_old(out_dir / SCORES, f"{SCORES}_*.docx", kept)
    return list(dict.fromkeys(path if path.parent == out_dir else path.parent for path in paths))


def _drop_old(folder: Path, pattern: str, kept: set[str]) -> None:
    """Remove what an earlier judgement of this round wrote for units without problems, sites without score now."""
    for path in folder.glob(pattern):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def documents(
    judgement: Judgement,
    inventory: Inventory,
    previous: Judgement | None,
    options: Options,
    ledger: Ledger | None = None,
    bulletin: bytes | None = None,
    trend: Sequence[RoundPoint] = (),
) -> Iterator[tuple[str, bytes]]:
    """File name and content of each document."""
    yield FINDINGS, findings_json(judgement)
    yield bulletin_name(judgement, inventory), bulletin or standard_bulletin(judgement, inventory, previous, options)
    yield LEDGER, build_workbook(judgement, inventory, previous, ledger)
    yield DASHBOARD, build_dashboard(judgement, inventory, previous, trend)
    telling = tell(judgement, inventory, options, previous)
    for name, content in notices(telling):
        yield f"{NOTICES}/{name}", content
    for name, content in scorecards(telling):
        yield f"{SCORES}/{name}", content
    for name, content in csv_files(judgement, inventory, previous, ledger):
        yield f"{CSV}/{name}", content


def findings_json(judgement: Judgement) -> bytes:
    """findings.json (contract 3): UTF-8, two spaces, keys in the order of the contract."""
    return to_json(judgement, indent=2) + b"\n"


def bulletin_name(judgement: Judgement, inventory: Inventory, subject: str = "") -> str:
    """通报_云岭市_2026年11月.docx, with the special subject where there is one."""
    parts = ["通报", inventory.city, period_name(judgement.round), *([subject] if subject else [])]
    return safe_name("_".join(parts)) + ".docx"


def standard_bulletin(
    judgement: Judgement, inventory: Inventory, previous: Judgement | None, options: Options
) -> bytes:
    """The bulletin as DOCX in GB/T 9704 form."""
    paper = compose(judgement, inventory, options, previous)
    return render(paper, lines(paper.title))
