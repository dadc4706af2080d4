"""Batches are stored whole, in an order that keeps references alive."""

from pathlib import Path

import sqlalchemy as sa

from crawler.facts import schema
from crawler.facts.store import open_store
from crawler.facts.writer import Batch, Writer


def address(number: int, state: int = schema.TODO) -> dict[str, object]:
    return {
        "run": 1, "id": number, "key": number, "url": f"http://a/{number}", "site": "a", "role": 4, "depth": 1,
        "column": None, "parent": None, "requests": 0, "state": state, "outcome": None, "reason": None,
    }  # fmt: skip


def seen(number: int) -> dict[str, object]:
    return {"b_run": 1, "b_id": number, "state": schema.DONE, "outcome": "ok", "reason": "ok", "requests": 1}


def test_found_and_done_in_one_transaction(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    writer = Writer(engine)
    writer.put([("address", address(1))])
    writer.put([("seen", seen(1)), ("address", address(2))])
    writer.close()
    with engine.connect() as db:
        rows = db.execute(sa.select(schema.address.c.id, schema.address.c.state).order_by(schema.address.c.id)).all()
    assert [tuple(row) for row in rows] == [(1, schema.DONE), (2, schema.TODO)]


def test_a_failing_store_is_told_once_and_nothing_more_is_taken(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    told: list[str] = []
    writer = Writer(engine, told.append)
    bad: Batch = [("address", address(1) | {"url": None})]
    writer.put(bad)
    writer.close()
    assert len(told) == 1 and writer.error == told[0]
    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one() == 0


def test_a_batch_that_fails_leaves_nothing_of_itself(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/x.db")
    writer = Writer(engine, lambda _: None)
    writer.put([("address", address(1)), ("address", address(1))])
    writer.close()
    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one() == 0
