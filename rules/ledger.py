"""台账: every finding over time, by fingerprint. Pure: the store keeps the entries, this module moves them on.

A problem is fixed only when it was seen in order again; one whose place was not visited stays open.
Judging a round again replaces that round's marks, so it can be done any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crawler.inventory import Exemption
from rules.schema import Finding, Status

Sight = Literal["found", "fixed", "unseen"]


class Mark(BaseModel):
    """What one round saw of a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str
    as_of: datetime
    sight: Sight


class Change(BaseModel):
    """One thing a person changed in the ledger."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    by: str
    field: str
    before: str = ""
    after: str = ""


class Entry(BaseModel):
    """One problem with its history. `finding` is as the last round that found it wrote it.

    `handling`: what people fill in (state, deadline, measure …) by field key of the workbook; `log`: who changed it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: str
    finding: Finding
    marks: list[Mark] = Field(default_factory=list)
    dismissed: str = ""  # why a person said 误报
    confirmed: str = ""  # who confirmed a finding that needs it
    exempt: Exemption | None = None  # taken out by a named person until a date
    handling: dict[str, str] = Field(default_factory=dict)
    log: list[Change] = Field(default_factory=list)

    @property
    def touched(self) -> bool:
        """True when a person worked on it: such an entry is never dropped."""
        return bool(self.dismissed or self.confirmed or self.exempt or self.handling or self.log)

    def before(self, round_name: str, as_of: datetime) -> list[Mark]:
        """The marks of earlier rounds, oldest first."""
        earlier = [mark for mark in self.marks if mark.round != round_name and mark.as_of < as_of]
        return sorted(earlier, key=lambda mark: mark.as_of)

    def status(self) -> Status:
        """The state after the newest mark."""
        if self.dismissed:
            return "误报"
        seen = [mark.sight for mark in sorted(self.marks, key=lambda m: m.as_of) if mark.sight != "unseen"]
        if not seen or seen == ["found"]:
            return "新增"
        if seen[-1] == "fixed":
            return "已整改"
        return "反弹" if "fixed" in seen[-2:-1] else "未整改"

    @property
    def first_seen(self) -> str:
        """The first round that found it."""
        found = [mark for mark in self.marks if mark.sight == "found"]
        return min(found, key=lambda mark: mark.as_of).round if found else ""

    @property
    def last_seen(self) -> str:
        """The last round that found it."""
        found = [mark for mark in self.marks if mark.sight == "found"]
        return max(found, key=lambda mark: mark.as_of).round if found else ""


class Ledger(BaseModel):
    """All entries by fingerprint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: dict[str, Entry] = Field(default_factory=dict)

    def dismissed(self, fingerprint: str) -> bool:
        """True when a person said that this is no problem."""
        entry = self.entries.get(fingerprint)
        return bool(entry and entry.dismissed)

    def confirmed(self, fingerprint: str) -> bool:
        """True when a person confirmed what the machine may not decide alone."""
        entry = self.entries.get(fingerprint)
        return bool(entry and entry.confirmed)

    def exemptions(self) -> list[Exemption]:
        """What persons took out until a date, for the judge."""
        return [entry.exempt for entry in self.entries.values() if entry.exempt is not None]

    def open_before(self, round_name: str, as_of: datetime) -> list[Entry]:
        """Entries that the rounds before this one left open."""
        return [entry for entry in self.entries.values() if last_sight(entry.before(round_name, as_of)) == "found"]


def last_sight(marks: Sequence[Mark]) -> Sight | None:
    """The newest decisive sight, None when no round ever found it."""
    return next((mark.sight for mark in reversed(marks) if mark.sight != "unseen"), None)


def status_now(entry: Entry | None, round_name: str, as_of: datetime) -> tuple[Status, str, int]:
    """(status, first round, times found) of a problem that this round finds."""
    marks = entry.before(round_name, as_of) if entry else []
    found = [mark for mark in marks if mark.sight == "found"]
    first, times = (found[0].round if found else round_name), len(found) + 1
    if entry is not None and entry.dismissed:
        return "误报", first, times
    last = last_sight(marks)
    if last is None:
        return "新增", first, times
    return ("反弹" if last == "fixed" else "未整改"), first, times


def with_history(findings: Iterable[Finding], ledger: Ledger | None, round_name: str, as_of: datetime) -> list[Finding]:
    """The findings of this round with status, first_seen and times."""
    entries: Mapping[str, Entry] = ledger.entries if ledger else {}
    result = []
    for finding in findings:
        status, first, times = status_now(entries.get(finding.fingerprint), round_name, as_of)
        result.append(finding.model_copy(update={"status": status, "first_seen": first, "times": times}))
    return result


def closed_now(
    ledger: Ledger | None,
    findings: Iterable[Finding],
    round_name: str,
    as_of: datetime,
    seen_in_order: Callable[[Finding], bool],
) -> list[Finding]:
    """Problems that earlier rounds left open and this round saw in order, as findings with status 已整改."""
    if ledger is None:
        return []
    now = {finding.fingerprint for finding in findings}
    closed = []
    for entry in ledger.open_before(round_name, as_of):
        if entry.fingerprint in now or entry.dismissed or not seen_in_order(entry.finding):
            continue
        times = sum(mark.sight == "found" for mark in entry.before(round_name, as_of))
        first = next(mark.round for mark in entry.before(round_name, as_of) if mark.sight == "found")
        closed.append(entry.finding.model_copy(update={"status": "已整改", "first_seen": first, "times": times}))
    return sorted(closed, key=lambda finding: (finding.site, finding.category, finding.subject))


def advance(
    ledger: Ledger | None, findings: Sequence[Finding], closed: Sequence[Finding], round_name: str, as_of: datetime
) -> Ledger:
    """The ledger after a round: its marks added, replacing those of an earlier judgement of the same round."""
    entries = dict(ledger.entries) if ledger else {}
    found = {finding.fingerprint: finding for finding in findings}
    fixed = {finding.fingerprint for finding in closed}
    for fingerprint in {*entries, *found}:
        old = entries.get(fingerprint)
        others = [mark for mark in old.marks if mark.round != round_name] if old else []
        sight: Sight = "found" if fingerprint in found else "fixed" if fingerprint in fixed else "unseen"
        if sight == "unseen" and not _was_open(others, as_of):
            marks = others
        else:
            marks = sorted([*others, Mark(round=round_name, as_of=as_of, sight=sight)], key=lambda mark: mark.as_of)
        if not any(mark.sight == "found" for mark in marks) and not (old and old.touched):
            entries.pop(fingerprint, None)  # only this round's earlier judgement had it
            continue
        base = old or Entry(fingerprint=fingerprint, finding=found[fingerprint])
        newest = not any(mark.as_of > as_of and mark.sight == "found" for mark in others)
        finding = found[fingerprint] if fingerprint in found and newest else base.finding
        entries[fingerprint] = base.model_copy(update={"marks": marks, "finding": finding})
    return Ledger(entries=dict(sorted(entries.items())))


def _was_open(marks: Sequence[Mark], as_of: datetime) -> bool:
    return last_sight([mark for mark in sorted(marks, key=lambda m: m.as_of) if mark.as_of < as_of]) == "found"
