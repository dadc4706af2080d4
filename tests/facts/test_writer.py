"""Batches are stored whole, in an order that keeps references alive."""

import threading

import pytest
import sqlalchemy as sa

from crawler.facts import schema
from crawler.facts import writer as writing
from crawler.facts.store import open_store
from crawler.facts.writer import Batch, Writer


def address(number: int, state: int = schema.TODO) -> dict[str, object]:
    return {
        "run": 1, "id": number, "job": "site:a", "url": f"http://a/{number}", "site": "a", "role": 4, "depth": 1,
        "column": None, "parent": None, "requests": 0, "state": state, "outcome": None, "reason": None,
    }  # fmt: skip


def seen(number: int) -> dict[str, object]:
    return {"b_run": 1, "b_id": number, "state": schema.DONE, "outcome": "ok", "reason": "ok", "requests": 1}


def test_found_and_done_in_one_transaction(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine)
    writer.put([("address", address(1))])
    writer.put([("seen", seen(1)), ("address", address(2))])
    writer.close()
    with engine.connect() as db:
        rows = db.execute(sa.select(schema.address.c.id, schema.address.c.state).order_by(schema.address.c.id)).all()
    assert [tuple(row) for row in rows] == [(1, schema.DONE), (2, schema.TODO)]


def test_who_waits_for_the_store_waits_for_no_company(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "GATHER_SECONDS", 3600)
    engine = open_store(store_url)
    writer = Writer(engine)
    writer.put([("address", address(1))])
    waiting = threading.Thread(target=writer.flush, daemon=True)
    waiting.start()
    waiting.join(60)
    assert not waiting.is_alive()
    writer.flush()  # nothing was put since
    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one() == 1
    writer.close()


def test_a_failing_store_is_told_once_and_nothing_more_is_taken(store_url: str) -> None:
    engine = open_store(store_url)
    told: list[str] = []
    writer = Writer(engine, told.append)
    bad: Batch = [("address", address(1) | {"url": None})]
    writer.put(bad)
    writer.close()
    assert len(told) == 1 and writer.error == told[0]
    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one() == 0


def test_a_batch_that_fails_leaves_nothing_of_itself(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine, lambda _: None)
    drawn = {"run": 1, "id": 1, "identity": {}}
    writer.put([("address", address(1)), ("drawn", drawn), ("drawn", drawn)])
    writer.close()
    assert writer.error is not None
    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.address)).scalar_one() == 0


def test_an_address_that_two_found_is_stored_once(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine)
    writer.put([("address", address(1)), ("seen", seen(1))])
    writer.put([("address", address(1) | {"depth": 3})])
    writer.close()
    assert writer.error is None
    with engine.connect() as db:
        row = db.execute(sa.select(schema.address)).one()
    assert (row.state, row.depth) == (schema.DONE, 1)


def test_many_rows_with_defaults_json_and_packed_bodies(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine)
    numbers = range(1, 1001)
    for number in numbers:
        body = {"run": 1, "id": number, "markup": b"<p>\xe4" * number, "text": "正文".encode()}
        writer.put([("address", address(number)), ("body", body)])
        hops = ["http://a/一", "http://a/2"]
        writer.put([("seen", seen(number) | {"state": schema.TODO}), ("seen", seen(number) | {"redirects": hops})])
    writer.put([("note", {"run": 1, "site": "a", "kind": "error", "text": "一"})])
    writer.close()
    assert writer.error is None
    with engine.connect() as db:
        kept = db.execute(sa.select(schema.address).order_by(schema.address.c.id)).all()
        bodies = db.execute(sa.select(schema.body).order_by(schema.body.c.id)).all()
        note = db.execute(sa.select(schema.note)).one()
    assert [(row.id, row.state, row.outcome, row.redirects) for row in kept] == [
        (number, schema.DONE, "ok", ["http://a/一", "http://a/2"]) for number in numbers
    ]
    assert [row.markup for row in bodies] == [b"<p>\xe4" * number for number in numbers]
    assert {row.cut for row in bodies} == {False} and bodies[0].text.decode() == "正文"
    assert note.count == 1


def test_an_update_says_everything_anew(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine)
    writer.put([("address", address(1)), ("seen", seen(1) | {"status": 404, "redirects": ["http://a/2"]})])
    writer.put([("seen", seen(1))])
    writer.close()
    with engine.connect() as db:
        row = db.execute(sa.select(schema.address)).one()
    assert (row.status, row.redirects, row.requests) == (None, None, 1)


def test_half_a_surrogate_pair_costs_a_character_and_not_the_round(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine)
    item = {"run": 1, "page": 1, "position": 0, "key": 1, "url": "http://a/1", "title": "关于\ud83d的通知"}
    writer.put([("address", address(1)), ("item", item), ("item", item | {"title": "完好"})])
    writer.close()
    assert writer.error is None
    with engine.connect() as db:
        assert list(db.execute(sa.select(schema.item.c.title)).scalars()) == ["关于\ufffd的通知", "完好"]


def test_any_failure_of_the_thread_is_told(store_url: str) -> None:
    engine = open_store(store_url)
    told: list[str] = []
    writer = Writer(engine, told.append)
    writer.put([("no such table", {})])
    writer.close()
    assert len(told) == 1


def test_what_a_database_cannot_hold_costs_characters_and_not_the_round(store_url: str) -> None:
    engine = open_store(store_url)
    writer = Writer(engine, lambda _: None)
    edge = {
        "run": 1, "target": 1, "page": 2, "text": "空\x00字", "tag": "a", "place": "main", "hidden": False,
        "raw": "http://a/\ud83d", "fault": None,
    }  # fmt: skip
    writer.put([("address", address(1) | {"parent": "http://a/\x00"})])
    writer.put([("edge", edge), ("edge", edge | {"text": "完好"})])
    writer.put([("page", page_of(2) | {"extra": {"menu": "\x00\ud83d"}})])
    writer.close()
    assert writer.error is None
    with engine.connect() as db:
        texts = [text.replace("\x00", "") for text in db.execute(sa.select(schema.edge.c.text)).scalars()]
        assert texts == ["空字", "完好"]
        assert set(db.execute(sa.select(schema.edge.c.raw)).scalars()) == {"http://a/\ufffd"}
        assert db.execute(sa.select(schema.page.c.extra)).scalar_one() == {"menu": "\x00\ufffd"}


def page_of(number: int) -> dict[str, object]:
    return {"run": 1, "id": number, "site": "a", "kind": "list", "region": "column", "seen": "2026-11-20T10:00+08:00"}


def test_an_address_found_twice_stays_as_it_was_found_first(store_url: str) -> None:
    engine = open_store(store_url)
    for number in (1, 2):  # another writer, as of another process
        writer = Writer(engine)
        writer.put([("address", address(1) | {"parent": f"http://a/from{number}"}), ("address", address(number))])
        writer.close()
        assert writer.error is None
    with engine.connect() as db:
        found = db.execute(sa.select(schema.address.c.id, schema.address.c.parent).order_by(schema.address.c.id)).all()
    assert [tuple(row) for row in found] == [(1, "http://a/from1"), (2, None)]
