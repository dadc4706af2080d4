"""Rounds as files and back, on and between both databases; old rounds thinned out."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.archive import MANIFEST, STORE, archive, restore
from crawler.facts.copying import FACTS
from crawler.facts.engines import engine_of
from crawler.facts.errors import StoreError
from crawler.facts.keys import key_of
from crawler.facts.read import StoredRound
from crawler.facts.sizes import size_of
from crawler.facts.store import latest_round, latest_run, load_judgement, load_ledger, open_store, start_run
from crawler.facts.thinning import months_back, thin
from crawler.facts.upgrading import upgrade
from reports.stored import inventory_of
from tests.facts import first_version as old

ROUND, OTHER = "2026-11", "2026-10"
AS_OF = datetime.fromisoformat(old.AS_OF)
FINDING = {"fingerprint": "f1", "subject": old.DEAD}


def filled(url: str) -> Engine:
    """Two rounds as walked and judged, a ledger of three problems, looks at the home page."""
    engine = engine_of(url)
    old.first_store(engine)
    upgrade(engine)
    with engine.begin() as db:
        for number, name in ((1, OTHER), (2, ROUND)):
            data = {"round": name, "findings": [FINDING], "closed": [{"fingerprint": "f2"}]}
            db.execute(schema.judgement.insert().values(round=name, run=number, at=old.AS_OF, data=data))
        for fingerprint in ("f1", "f2", "f3"):
            db.execute(schema.ledger.insert().values(fingerprint=fingerprint, data={"state": "未整改"}))
        for hours in (1, 2, 3, 24 * 40):
            at = AS_OF - timedelta(hours=hours)
            outcome, reason = ("ok", "ok") if hours < 3 else ("dead", "timeout")
            db.execute(schema.probe.insert().values(
                site="jyj", url=old.HOME, at=at.isoformat(), outcome=outcome, reason=reason, total_ms=100 * hours,
                control_ok=True, place="",
            ))  # fmt: skip
    return engine


def facts(engine: Engine, name: str) -> dict[str, Any]:
    """Everything a run has, without its number, in an order of its own."""
    run = latest_run(engine, name)
    assert run is not None
    found: dict[str, Any] = {}
    with engine.connect() as db:
        for table in FACTS:
            columns = [column for column in table.c if column.name != "run"]
            rows = db.execute(sa.select(*columns).where(table.c.run == run.id)).all()
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found


def empty(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path}/other.db")


def test_an_archive_brings_back_every_fact_into_an_empty_store(store_url: str, tmp_path: Path) -> None:
    engine = filled(store_url)
    done = archive(engine, ROUND, tmp_path / "a" / "round.zip")
    assert done.file.stat().st_size == done.size < done.unpacked
    assert (done.rows["page"], done.rows["ledger"], done.rows["probe"], done.rows["judgement"]) == (2, 2, 3, 1)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["round.zip"]
    other = empty(tmp_path)
    back = restore(other, done.file)
    assert (back.round, back.run, back.judgement, back.ledger, back.probes) == (ROUND, 2, True, 2, 3)
    assert facts(other, ROUND) == facts(engine, ROUND)
    assert load_judgement(other, ROUND) == load_judgement(engine, ROUND)
    assert set(load_ledger(other)) == {"f1", "f2"}
    run = latest_run(other, ROUND)
    assert run is not None
    (site,) = StoredRound(other, run).sites()
    assert site.text(old.ARTICLE) == "正文 2" and len(site.looks) == 3


def test_an_archive_of_sqlite_comes_back_into_a_full_store(store_url: str, tmp_path: Path) -> None:
    source = filled(f"sqlite:///{tmp_path}/source.db")
    file = archive(source, ROUND, tmp_path / "r.zip").file
    target = open_store(store_url)
    for month in ("2026-08", "2026-09"):  # numbers 1 and 2 are taken
        start_run(
            target, round=month, as_of=AS_OF, inventory="{}", inventory_digest="", sites="", seed=1, tool="t",
            loopback=True,
        )  # fmt: skip
    with target.begin() as db:
        db.execute(schema.ledger.insert().values(fingerprint="f1", data={"state": "已整改"}))
    back = restore(target, file)
    assert (back.run, back.ledger) == (3, 1)
    assert facts(target, ROUND) == facts(source, ROUND)
    assert load_ledger(target)["f1"] == {"state": "已整改"}  # what the store knows is newer
    fresh = start_run(
        target, round="2026-12", as_of=AS_OF, inventory="{}", inventory_digest="", sites="", seed=1, tool="t",
        loopback=True,
    )  # fmt: skip
    assert fresh.id == 4


def test_a_round_that_is_there_is_not_doubled(store_url: str, tmp_path: Path) -> None:
    engine = filled(store_url)
    file = archive(engine, ROUND, tmp_path / "r.zip").file
    before = facts(engine, ROUND)
    with pytest.raises(StoreError, match="已在数据库中"):
        restore(engine, file)
    with engine.begin() as db:
        db.execute(schema.item.delete())
    assert restore(engine, file, replace=True).judgement
    assert facts(engine, ROUND) == before
    with engine.begin() as db:
        db.execute(schema.run.update().where(schema.run.c.round == ROUND).values(started="2026-10-21T00:00:00+08:00"))
    with pytest.raises(StoreError, match="已有另一次巡查"):
        restore(engine, file)


def test_an_archived_round_leaves_and_comes_back_under_its_number(store_url: str, tmp_path: Path) -> None:
    engine = filled(store_url)
    before, other = facts(engine, ROUND), facts(engine, OTHER)
    file = archive(engine, ROUND, tmp_path / "r.zip", remove=True).file
    assert latest_run(engine, ROUND) is None and facts(engine, OTHER) == other
    assert inventory_of(engine, ROUND).city == "云岭市" and load_judgement(engine, ROUND)
    with pytest.raises(StoreError, match="已归档"):
        archive(engine, ROUND, tmp_path / "again.zip")
    back = restore(engine, file)
    assert (back.run, back.judgement, back.ledger, back.probes) == (2, False, 0, 0)
    assert facts(engine, ROUND) == before


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-400]), "不是归档文件，或已损坏"),
        (lambda file: file.write_text("巡查"), "不是归档文件，或已损坏"),
        (lambda file: file.write_bytes(b""), "不是归档文件，或已损坏"),
        (lambda file: file.unlink(), "没有找到归档文件"),
        (lambda file: repacked(file, {}, store=b"SQLite format 3\0"), "内容与校验值不符"),
        (lambda file: repacked(file, {"format": 99}), "请先升级本程序"),
        (lambda file: repacked(file, {"kind": "photos"}), "不是本程序的归档文件"),
        (lambda file: repacked(file, {"format": "one"}), "不是本程序的归档文件"),
        (lambda file: file.write_bytes(zipped({"a.txt": b"a"})), "不是本程序的归档文件"),
    ],
)
def test_a_damaged_or_foreign_file_is_told_and_changes_nothing(tmp_path: Path, spoil: Any, told: str) -> None:
    engine = filled(f"sqlite:///{tmp_path}/x.db")
    file = archive(engine, ROUND, tmp_path / "r.zip").file
    spoil(file)
    other = empty(tmp_path)
    with pytest.raises(StoreError, match=told):
        restore(other, file)
    assert latest_round(other) is None and load_ledger(other) == {}


def test_a_byte_that_turned_over_is_noticed(tmp_path: Path) -> None:
    engine = filled(f"sqlite:///{tmp_path}/x.db")
    file = archive(engine, ROUND, tmp_path / "r.zip").file
    good = file.read_bytes()
    for place in range(len(good) // 3, len(good), len(good) // 7):
        file.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(StoreError):
            restore(empty(tmp_path), file)


def test_an_archive_of_an_older_version_is_upgraded(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/one.db")
    old.first_store(engine)
    with engine.begin() as db:
        for table in ("address", "page", "body", "drawn", "personal", "attempt", "item", "edge"):
            db.exec_driver_sql(f"DELETE FROM {table} WHERE run = 1")
        db.exec_driver_sql("DELETE FROM run WHERE id = 1")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()
    store = (tmp_path / "one.db").read_bytes()
    file = tmp_path / "old.zip"
    file.write_bytes(zipped({STORE: store, MANIFEST: manifest_of(store, schema=1)}))
    assert restore(empty(tmp_path), file).rows["page"] == 2


def manifest_of(store: bytes, **more: Any) -> bytes:
    manifest = {"kind": "xuncha-round", "format": 1, "sha256": sha256(store).hexdigest()} | more
    return json.dumps(manifest).encode()


def repacked(file: Path, changes: dict[str, Any], store: bytes | None = None) -> None:
    with zipfile.ZipFile(file) as packed:
        manifest = json.loads(packed.read(MANIFEST)) | changes
        content = store if store is not None else packed.read(STORE)
    file.write_bytes(zipped({MANIFEST: json.dumps(manifest).encode(), STORE: content}))


def zipped(members: dict[str, bytes]) -> bytes:
    found = BytesIO()
    with zipfile.ZipFile(found, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return found.getvalue()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    engine = filled(f"sqlite:///{tmp_path}/x.db")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="无法写入"):
        archive(engine, ROUND, tmp_path / "file" / "r.zip")


# -- thinning --------------------------------------------------------------------------------------------------------


def test_the_fine_of_old_rounds_goes_and_the_evidence_stays(store_url: str) -> None:
    engine = filled(store_url)
    judgement, ledger = load_judgement(engine, OTHER), load_ledger(engine)
    done = thin(engine, 3, AS_OF + timedelta(days=200))
    assert (done.rounds, done.unjudged, done.probes) == ([OTHER, ROUND], [], 4)
    assert (load_judgement(engine, OTHER), load_ledger(engine)) == (judgement, ledger)
    with engine.connect() as db:
        of_first = sa.select(schema.address.c.url).where(schema.address.c.run == 1)
        assert set(db.execute(of_first).scalars()) == {old.HOME, old.DEAD, old.ARTICLE}  # home; problem; its holder
        assert list(db.execute(sa.select(schema.edge.c.target).where(schema.edge.c.run == 1)).scalars()) == [
            key_of(old.DEAD)
        ]
        left = {table.name: count(engine, table) for table in (schema.attempt, schema.personal, schema.page)}
        assert left == {"attempt": 2, "personal": 2, "page": 4}
        assert count(engine, schema.body) == count(engine, schema.item) == count(engine, schema.probe) == 0
        days = db.execute(sa.select(schema.probe_day).order_by(schema.probe_day.c.day)).all()
    assert [(row.day, row.looks, row.failed, row.reasons, row.mean_ms, row.worst_ms) for row in days] == [
        ("2026-09-10", 1, 1, {"timeout": 1}, None, None), ("2026-10-20", 3, 1, {"timeout": 1}, 150, 200),
    ]  # fmt: skip
    assert latest_run(engine, OTHER) is None and inventory_of(engine, OTHER).city == "云岭市"
    again = thin(engine, 3, AS_OF + timedelta(days=200))
    assert (again.rounds, again.rows, again.probes) == ([], 0, 0)


def count(engine: Engine, table: sa.Table) -> int:
    with engine.connect() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_young_unfinished_and_unjudged_rounds_are_left_alone(store_url: str) -> None:
    engine = filled(store_url)
    assert thin(engine, 3, AS_OF + timedelta(days=80)).rounds == []
    assert count(engine, schema.probe) == 4
    with engine.begin() as db:
        db.execute(schema.judgement.delete().where(schema.judgement.c.round == OTHER))
        db.execute(schema.run.update().where(schema.run.c.round == ROUND).values(state="walking"))
    before = facts(engine, OTHER), facts(engine, ROUND)
    done = thin(engine, 3, AS_OF + timedelta(days=200))
    assert (done.rounds, done.unjudged, done.rows) == ([], [OTHER], 0)
    assert (facts(engine, OTHER), facts(engine, ROUND)) == before


def test_looks_that_a_whole_round_counts_stay(store_url: str) -> None:
    engine = filled(store_url)
    with engine.begin() as db:
        db.execute(schema.judgement.delete())
    done = thin(engine, 3, AS_OF + timedelta(days=200))
    assert (sorted(done.unjudged), done.probes, count(engine, schema.probe)) == ([OTHER, ROUND], 1, 3)


def test_a_dry_run_names_the_rounds_and_does_nothing(store_url: str) -> None:
    engine = filled(store_url)
    before = facts(engine, OTHER)
    assert thin(engine, 3, AS_OF + timedelta(days=200), dry=True).rounds == [OTHER, ROUND]
    assert facts(engine, OTHER) == before and count(engine, schema.probe) == 4


def test_a_thinned_round_comes_back_whole_from_its_archive(store_url: str, tmp_path: Path) -> None:
    engine = filled(store_url)
    before = facts(engine, ROUND)
    file = archive(engine, ROUND, tmp_path / "r.zip").file
    thin(engine, 3, AS_OF + timedelta(days=200))
    restore(engine, file)
    assert facts(engine, ROUND) == before


def test_a_run_that_a_later_one_replaced_loses_all_facts(store_url: str) -> None:
    engine = filled(store_url)
    with engine.begin() as db:
        db.execute(schema.run.update().where(schema.run.c.id == 1).values(round=ROUND))
    thin(engine, 3, AS_OF + timedelta(days=200))
    with engine.connect() as db:
        assert set(db.execute(sa.select(schema.address.c.run)).scalars()) == {2}


def test_thinning_gives_room_back(store_url: str) -> None:
    engine = filled(store_url)
    with engine.begin() as db:
        rows = [{"run": 1, "id": number, "cut": False, "markup": os.urandom(4000)} for number in range(10, 300)]
        db.execute(schema.body.insert(), rows)
    done = thin(engine, 3, AS_OF + timedelta(days=200))
    assert done.before - done.after > 290 * 4000


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [("2026-03-31", 1, "2026-02-28"), ("2026-01-15", 12, "2025-01-15"), ("2026-11-20", 24, "2024-11-20")],
)
def test_months_back(at: str, months: int, expected: str) -> None:
    assert months_back(datetime.fromisoformat(at), months) == datetime.fromisoformat(expected)


def test_the_size_counts_every_table(store_url: str) -> None:
    size = size_of(filled(store_url))
    by_name = {table.name: table for table in size.tables}
    assert (by_name["page"].rows, by_name["address"].rows, size.pages) == (4, 10, 4)
    assert 0 < sum(table.bytes for table in size.tables) <= size.bytes
    assert size.per_thousand == 250 * size.bytes
    assert size_of(open_store(store_url)).bytes > 0
