"""Stored answers: first line the status, then headers, an empty line, the body."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MARKS = Path(__file__).parent / "marks"


@dataclass(frozen=True)
class Answer:
    """One stored answer."""

    path: Path
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> bytes:
        return self.text.encode()


def read(path: Path) -> Answer:
    """The answer of a `.http` file."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    first, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(path, int(first), headers, text.rstrip("\n"))


def stored(kind: str) -> list[Answer]:
    """Every stored answer whose name begins with `kind`: positive or negative."""
    return [read(path) for path in sorted(MARKS.glob(f"*/{kind}*.http"))]
