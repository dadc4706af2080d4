"""What tests of several packages share: a fact store on each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.house.postgres import Cluster


@contextmanager
def _server() -> Iterator[Cluster]:
    """A PostgreSQL server; skipped, with the reason, where there is none."""
    pytest.importorskip("psycopg", reason="psycopg 未安装（pip install -e .[postgresql]）：PostgreSQL 部分未测试")
    from tests.house.postgres import Cluster, why_not

    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One server for the whole session."""
    with _server() as cluster:
        yield cluster


@pytest.fixture
def own_postgres() -> Iterator[Cluster]:
    """A server of the test's own, which it may stop."""
    with _server() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """An empty database on it."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """DATABASE_URL of an empty store: each test that asks for it runs on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
