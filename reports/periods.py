"""A quarter, half-year or year told from its monthly rounds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from reports.publications import published_in
from reports.spans import joined
from rules.schema import Judgement

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def months_of(code: str) -> list[str]:
    """The months of a period code: 2026-Q4 → 2026-10 … 2026-12; a month is itself; other codes have none."""
    if _MONTH.fullmatch(code):
        return [code]
    year, _, part = code.partition("-")
    spans = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12), "": (1, 12)}
    if not re.fullmatch(r"\d{4}", year) or part.upper() not in spans:
        return []
    first, last = spans[part.upper()]
    return [f"{year}-{month:02d}" for month in range(first, last + 1)]


def previous_code(code: str) -> str:
    """The period before: 2026-Q1 → 2025-Q4, 2026-H1 → 2025-H2, 2026 → 2025, 2026-01 → 2025-12; "" for other codes."""
    months = months_of(code)
    if not months:
        return ""
    year, part = int(code[:4]), code[5:]
    if not part:
        return str(year - 1)
    letter = part[0].upper() if part[0].isalpha() else ""
    number, most = int(part.lstrip("QHqh")), {"Q": 4, "H": 2, "": 12}[letter]
    year, number = (year - 1, most) if number == 1 else (year, number - 1)
    return f"{year}-{letter}{number}" if letter else f"{year}-{number:02d}"


def combined(
    code: str, rounds: Sequence[Judgement], later: Sequence[Judgement] = (), dismissed: Collection[str] = ()
) -> Judgement:
    """One judgement of a period from its rounds, oldest first: columns and IPv6 are the last one's, problems are all.

    Problems, verdicts and coverage are joined as reports.spans says; publications are counted anew for the whole
    period, also from rounds soon after it (`later`), which saw what was published after the last round.
    """
    if not rounds:
        raise ValueError(f"no rounds for {code}")
    last, whole = rounds[-1], joined(rounds, dismissed)
    published = published_in(months_of(code), rounds, later)
    period = whole.pop("period")
    extra = {**last.extra, "published": published, "rounds": [r.round for r in rounds], "period": period}
    return last.model_copy(update={"round": code, "extra": extra, **whole})
