"""A round as one file, and back into a store.

The file is a ZIP with `store.db`, an SQLite fact store that holds this round alone, and `manifest.json`, which tells
what it is, with the store's SHA-256. SQLite's format is promised to be read until 2050 at least; the round can be
judged from the unpacked store directly, and one that an older program archived is upgraded like any store.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.facts import schema
from crawler.facts.copying import as_kept, copy_run, drop_run, put
from crawler.facts.errors import StoreError, plain
from crawler.facts.read import WATCHED
from crawler.facts.store import ARCHIVED, STORED_AWAY, now, open_store

KIND, FORMAT = "xuncha-round", 1
STORE, MANIFEST = "store.db", "manifest.json"
PIECE = 1 << 20


@dataclass(frozen=True)
class Archived:
    """What was written: the file, its size and that of the facts in it (bytes), rows by table."""

    file: Path
    size: int
    unpacked: int
    rows: dict[str, int]


@dataclass(frozen=True)
class Restored:
    """What was brought back. `judgement`: taken in (else the store's own stays); `ledger`: problems it did not have."""

    round: str
    run: int
    rows: dict[str, int]
    judgement: bool
    ledger: int
    probes: int


def archive(engine: Engine, round_name: str, target: Path, *, remove: bool = False) -> Archived:
    """Write the newest walked run of a round to `target`. StoreError when there is none or the file cannot be written.

    `remove`: its facts leave the store once the file has been read back; run, judgement and ledger stay.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".archive-") as folder:
            side = Path(folder) / STORE
            rows = _fill(engine, round_name, side)
            manifest = _manifest(round_name, side, rows)
            packed = Path(folder) / "packed.zip"
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
                file.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
                file.write(side, STORE)
            with _opened(packed) as (_, read_back):
                assert read_back == manifest
            _sync(packed)
            packed.replace(target)
            unpacked = side.stat().st_size
    except OSError as error:
        raise StoreError(f"归档文件 {target} 无法写入：{error.strerror or error}。") from error
    if remove:
        with engine.begin() as db:
            for run in db.execute(sa.select(schema.run.c.id).where(schema.run.c.round == round_name)).scalars().all():
                drop_run(db, run)
            changed = schema.run.update().where(schema.run.c.round == round_name, schema.run.c.state == "walked")
            db.execute(changed.values(state=ARCHIVED))
    return Archived(target, target.stat().st_size, unpacked, rows)


def _fill(engine: Engine, round_name: str, file: Path) -> dict[str, int]:
    """A store of this round alone."""
    side = open_store(f"sqlite:///{file}")
    try:
        with _snapshot(engine) as source, side.begin() as db:
            run = source.execute(
                sa.select(schema.run)
                .where(schema.run.c.round == round_name, schema.run.c.state == "walked")
                .order_by(schema.run.c.id.desc())
            ).first()
            if run is None:
                raise StoreError(f"轮次 {round_name} 没有可归档的巡查：没有巡查完成，或已精简、已归档。")
            db.execute(schema.run.insert().values(**run._mapping))
            rows = copy_run(source, run.id, db, side, run.id)
            rows["probe"] = put(db, side, schema.probe, _probes(source, run))
            judged = source.execute(sa.select(schema.judgement).where(schema.judgement.c.round == round_name)).first()
            if judged is not None:
                db.execute(schema.judgement.insert().values(**judged._mapping))
                known = {one.get("fingerprint") for one in _findings(judged.data)}
                entries = source.execute(sa.select(schema.ledger)).mappings()
                rows["ledger"] = put(db, side, schema.ledger, (e for e in entries if e["fingerprint"] in known))
            rows["judgement"] = int(judged is not None)
        with side.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.exec_driver_sql("PRAGMA journal_mode=DELETE")
    finally:
        side.dispose()
    return rows


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """Reading that sees one moment only."""
    with engine.connect() as db:
        if engine.dialect.name != "sqlite":
            db = db.execution_options(isolation_level="REPEATABLE READ")
        yield db


def _findings(judgement: dict[str, Any]) -> list[dict[str, Any]]:
    found = [*judgement.get("findings", ()), *judgement.get("closed", ())]
    return [one.get("finding", one) for one in found if isinstance(one, dict)]


def _probes(db: Connection, run: Any) -> Iterator[Any]:
    """The looks at home pages that a judgement of this run counts."""
    as_of = datetime.fromisoformat(run.as_of)
    sites = [site["id"] for site in json.loads(run.inventory).get("sites", ())]
    for row in db.execute(sa.select(schema.probe).where(schema.probe.c.site.in_(sites))).mappings():
        if as_of - WATCHED <= datetime.fromisoformat(row["at"]) <= as_of:
            yield row


def _manifest(round_name: str, file: Path, rows: dict[str, int]) -> dict[str, Any]:
    return {
        "kind": KIND, "format": FORMAT, "schema": schema.SCHEMA_VERSION, "round": round_name,
        "written": now().isoformat(timespec="seconds"), "sha256": _digest(file), "size": file.stat().st_size,
        "rows": rows,
    }  # fmt: skip


def _digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def _sync(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


# -- and back --------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The store in an archive, unpacked and checked, with the manifest."""
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        yield _unpacked(file, folder)


def _unpacked(file: Path, folder: str) -> tuple[Path, dict[str, Any]]:
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read(MANIFEST))
            if manifest["kind"] != KIND:
                raise KeyError(KIND)
            if manifest["format"] > FORMAT:
                raise StoreError(f"{file} 是由更新的程序归档的，请先升级本程序。")
            side = Path(packed.extract(STORE, folder))
    except FileNotFoundError as error:
        raise StoreError(f"没有找到归档文件 {file}。") from error
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{file} 不是本程序的归档文件。") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise StoreError(f"{file} 不是归档文件，或已损坏（{error}）。请换用另一份拷贝。") from error
    except OSError as error:
        raise StoreError(f"归档文件 {file} 无法读取：{error.strerror or error}。") from error
    if _digest(side) != manifest["sha256"]:
        raise StoreError(f"归档文件 {file} 已损坏：内容与校验值不符。请换用另一份拷贝。")
    return side, manifest


def restore(engine: Engine, file: Path, *, replace: bool = False) -> Restored:
    """Bring an archived round back, whole or not at all. StoreError when it is there already or the file is not good.

    `replace`: the runs that the store has of this round give way, with the judgement.
    """
    with _opened(file) as (path, _):
        side = open_store(f"sqlite:///{path}")
        try:
            with side.connect() as source, engine.begin() as db:
                return _bring_back(source, db, engine, replace=replace)
        except SQLAlchemyError as error:
            raise StoreError(f"归档无法恢复：{plain(error)}。数据库保持原样。") from error
        finally:
            side.dispose()


def _bring_back(source: Connection, db: Connection, engine: Engine, *, replace: bool) -> Restored:
    run = source.execute(sa.select(schema.run)).one()
    number = _make_room(db, run, replace=replace)
    db.execute(schema.run.insert().values(**{**run._mapping, "id": number}))
    if engine.dialect.name == "postgresql":  # a number given by hand does not move the counter
        db.execute(sa.text("SELECT setval(pg_get_serial_sequence('run', 'id'), (SELECT max(id) FROM run))"))
    rows = copy_run(source, run.id, db, engine, number)
    judged = source.execute(sa.select(schema.judgement)).first()
    table = schema.judgement
    if replace and judged is not None:
        db.execute(table.delete().where(table.c.round == run.round))
    known = db.execute(sa.select(table.c.round).where(table.c.round == run.round)).first()
    taken = judged is not None and known is None
    if judged is not None and taken:
        db.execute(table.insert().values(**{**judged._mapping, "run": number}))
    db.execute(table.update().where(table.c.round == run.round).values(run=number))
    there = set(db.execute(sa.select(schema.ledger.c.fingerprint)).scalars())
    entries = source.execute(sa.select(schema.ledger)).mappings()
    ledger = put(db, engine, schema.ledger, (entry for entry in entries if entry["fingerprint"] not in there))
    return Restored(run.round, number, rows, taken, ledger, _missing_probes(source, db, engine))


def _make_room(db: Connection, run: Any, *, replace: bool) -> int:
    """The number under which the run comes back: its own where that is free. What is left of the same run gives way."""
    table = schema.run
    for row in db.execute(sa.select(table).where(table.c.round == run.round)).all():
        same = (row.started, row.seed, row.inventory_digest) == (run.started, run.seed, run.inventory_digest)
        if row.state in ("walking", "walked") and not replace:
            raise StoreError(
                f"轮次 {run.round} {'已在数据库中' if same else '在数据库中已有另一次巡查'}，未恢复。"
                "确要以归档替换，请加 --replace。"
            )
        if replace or (same and row.state in STORED_AWAY):
            drop_run(db, row.id)
            db.execute(table.delete().where(table.c.id == row.id))
    free = db.execute(sa.select(table.c.id).where(table.c.id == run.id)).first() is None
    last: int | None = db.execute(sa.select(sa.func.max(table.c.id))).scalar()
    return int(run.id) if free else (last or 0) + 1


def _missing_probes(source: Connection, db: Connection, engine: Engine) -> int:
    names = ("site", "url", "at", "place")
    table = as_kept(schema.probe)
    rows = source.execute(sa.select(table)).mappings().all()
    if not rows:
        return 0
    sites = {row["site"] for row in rows}
    there = {tuple(row) for row in db.execute(sa.select(*(table.c[n] for n in names)).where(table.c.site.in_(sites)))}
    return put(db, engine, table, (row for row in rows if tuple(row[name] for name in names) not in there))
