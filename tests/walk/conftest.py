"""Walks in memory store what they see on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.facts.store import open_store
from tests.house.stores import choice

if TYPE_CHECKING:
    from tests.house.postgres import Cluster

BOTH = {"test_columns", "test_columns_lists", "test_footers", "test_hidden", "test_walk", "test_words"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of these modules runs once on each database."""
    if metafunc.module.__name__.rpartition(".")[2] in BOTH:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def empty_store(postgres: Cluster) -> str:
    """A database with empty tables, from which others are copied: quicker than making them anew."""
    url = postgres.database()
    open_store(url).dispose()
    return url


@pytest.fixture(autouse=True)  # which also puts it before fixtures that make a store
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """`store_in` gives stores on this database during the test."""
    choice.engines.clear()
    if getattr(request, "param", "sqlite") == "sqlite":
        yield
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("empty_store")
    made: dict[tuple[Path, str], str] = {}

    def url_of(folder: Path, name: str) -> str:
        if (folder, name) not in made:
            made[folder, name] = cluster.database(template)
        return made[folder, name]

    before, choice.url_of = choice.url_of, url_of
    yield
    choice.url_of = before
    while choice.engines:
        choice.engines.pop().dispose()
    for url in made.values():
        cluster.drop(url)
