"""Stores for tests that do not care on which database they run: the test session says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import Engine

from crawler.facts.store import open_store

UrlOf = Callable[[Path, str], str]


def _sqlite(folder: Path, name: str) -> str:
    return f"sqlite:///{folder}/{name}.db"


class _Choice:
    """Where stores are made, and the engines of those that were."""

    def __init__(self) -> None:
        self.url_of: UrlOf = _sqlite
        self.engines: list[Engine] = []


choice = _Choice()
"""What the fixture `database` of tests/walk sets."""


def store_in(folder: Path, name: str = "x") -> Engine:
    """An empty store that belongs to a test's folder; the same one for the same name."""
    engine = open_store(choice.url_of(folder, name))
    choice.engines.append(engine)
    return engine
