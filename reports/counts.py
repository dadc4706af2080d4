"""Counts of the statistics beside the findings: columns, IPv6, publications (Judgement.extra)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnCount:
    """Columns by state; `due` are those that must be updated; the four states add up to it."""

    total: int = 0
    due: int = 0
    normal: int = 0
    stale: int = 0
    blank: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Ipv6Count:
    """Sites by IPv6 state of their home host; `untested` ones are in no rate."""

    supported: int = 0
    unsupported: int = 0
    untested: int = 0

    @property
    def tested(self) -> int:
        """Sites with a result."""
        return self.supported + self.unsupported


@dataclass(frozen=True)
class Published:
    """Items published in the window, by column type and unit id, the largest first."""

    total: int = 0
    by_type: tuple[tuple[str, int], ...] = ()
    by_unit: tuple[tuple[str, int], ...] = ()
    start: str = ""
    end: str = ""


def count_columns(rows: Sequence[dict[str, Any]]) -> ColumnCount:
    """Columns by state; 不适用 ones are not due."""
    states = Counter(str(r.get("state")) for r in rows)
    return ColumnCount(
        total=len(rows),
        due=len(rows) - states["不适用"],
        normal=states["正常"],
        stale=states["未更新"],
        blank=states["空白"],
        undecided=states["未能判定"] + states["无法访问"],
    )


def count_ipv6(rows: Sequence[dict[str, Any]]) -> Ipv6Count:
    """Sites by the state of their IPv6 address."""
    states = Counter(str(r.get("aaaa")) for r in rows)
    return Ipv6Count(states["支持"], states["不支持"], len(rows) - states["支持"] - states["不支持"])


def count_published(raw: object) -> Published:
    """The published items; a unit's or type's value may be a number or a mapping with `total`."""
    if not isinstance(raw, dict):
        return Published()
    return Published(
        total=whole_number(raw.get("total")),
        by_type=_sorted_counts(raw.get("by_type")),
        by_unit=_sorted_counts(raw.get("by_unit")),
        start=str(raw.get("from") or ""),
        end=str(raw.get("to") or ""),
    )


def whole_number(value: object) -> int:
    """A count of an extra field, 0 for what is no number."""
    return int(value) if isinstance(value, int | float) else 0


def _sorted_counts(raw: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(raw, dict):
        return ()
    counts = {str(k): whole_number(v.get("total")) if isinstance(v, dict) else whole_number(v) for k, v in raw.items()}
    return tuple(sorted(((k, n) for k, n in counts.items() if n), key=lambda kv: (-kv[1], kv[0])))
