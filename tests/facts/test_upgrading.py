"""Tables made and changed by alembic on both databases; stores of older programs go on being read."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.engines import engine_of
from crawler.facts.errors import StoreError
from crawler.facts.keys import key_of
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store
from crawler.facts.upgrading import stored_version, upgrade
from crawler.hosts import HostMap
from crawler.inventory import Inventory
from tests.facts import first_version as old


def version_of(engine: Engine) -> int | None:
    with engine.connect() as db:
        return stored_version(db)


def numbers(db: Connection) -> dict[str, int]:
    """The addresses of the first run."""
    address = schema.address
    return {row.url: row.id for row in db.execute(sa.select(address.c.url, address.c.id).where(address.c.run == 1))}


def differences(engine: Engine) -> list[object]:
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        return list(compare_metadata(context, schema.metadata))


def test_the_tables_made_are_those_of_the_schema(store_url: str) -> None:
    engine = open_store(store_url)
    assert version_of(engine) == schema.SCHEMA_VERSION
    assert differences(engine) == []


def test_an_upgraded_store_has_the_tables_of_the_schema(store_url: str) -> None:
    old.first_store(engine_of(store_url))
    assert differences(open_store(store_url)) == []


def test_opening_again_changes_nothing(store_url: str) -> None:
    assert upgrade(engine_of(store_url)) is None
    assert upgrade(engine_of(store_url)) == schema.SCHEMA_VERSION


def test_every_text_of_postgresql_is_sorted_by_its_bytes(postgres_url: str) -> None:
    query = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C' "
        "AND table_name <> 'alembic_version'"
    )
    with open_store(postgres_url).connect() as db:
        assert db.exec_driver_sql(query).all() == []


def test_a_store_of_version_1_is_read_as_before(store_url: str) -> None:
    engine = engine_of(store_url)
    old.first_store(engine)
    assert version_of(engine) == 1
    engine = open_store(store_url)
    for name in ("2026-10", "2026-11"):
        run = latest_run(engine, name)
        assert run is not None
        facts = StoredRound(engine, run)
        (site,) = facts.sites()
        assert site.home is not None and site.home.url == old.HOME
        assert [(page.url, page.identity) for page in sorted(site.pages(), key=lambda page: page.url)] == [
            (url, {"site_code": "5301000001"}) for url in (old.HOME, old.ARTICLE)
        ]
        (bad,) = site.bad_links()
        assert (bad.target.url, bad.holders[0].page, bad.target.attempts[0].status) == (old.DEAD, old.ARTICLE, 404)
        assert [item.url for item in site.home_items] == [old.ARTICLE]
        assert site.text(old.ARTICLE) == f"正文 {run.id}"
        assert [fact.url for fact in site.personal_numbers()] == [old.ARTICLE]
        dead = facts.address(old.DEAD)
        assert dead is not None and dead.status == 404
        facts.close()
    with engine.connect() as db:
        keys = set(db.execute(sa.select(schema.item.c.key)).scalars())
    assert keys == {key_of(old.ARTICLE)}


def test_addresses_of_version_1_fall_to_the_jobs_of_a_walk(store_url: str) -> None:
    old.first_store(engine_of(store_url))
    inventory = Inventory.model_validate(old.INVENTORY)
    hosts = HostMap(inventory, list(inventory.sites))
    with open_store(store_url).connect() as db:
        rows = db.execute(sa.select(schema.address.c.url, schema.address.c.job, schema.address.c.id)).all()
    assert len(rows) == 10
    for url, job, number in rows:
        assert (job, number) == (hosts.place(url).job, key_of(url))
    assert {job for url, job, _ in rows if url == old.UNITS} == {"site:jyj"}


def test_two_addresses_of_one_hash_both_stay(store_url: str) -> None:
    engine = engine_of(store_url)
    old.first_store(engine)
    with engine.begin() as db:
        same = old.first_key(old.HOME)
        db.exec_driver_sql(f"UPDATE address SET key = {same} WHERE id = 4")
    with open_store(store_url).connect() as db:
        address, attempt = schema.address, schema.attempt
        query = (
            sa.select(address.c.url)
            .join(attempt, (attempt.c.run == address.c.run) & (attempt.c.address == address.c.id))
            .where(address.c.run == 1)
        )
        assert list(db.execute(query).scalars()) == [old.DEAD]
        ids = numbers(db)
    assert ids[old.HOME] == key_of(old.HOME) and ids[old.DEAD] == key_of(old.HOME) + 1


def test_a_new_number_that_was_an_old_one_is_not_mixed_up(store_url: str) -> None:
    engine = engine_of(store_url)
    old.first_store(engine)
    with engine.begin() as db:
        db.exec_driver_sql("UPDATE address SET key = 8 WHERE id = 1 AND run = 1")  # 8 >> 1 is the number of DEAD
    with open_store(store_url).connect() as db:
        edge, body = schema.edge, schema.body
        ids = numbers(db)
        assert (ids[old.HOME], ids[old.DEAD]) == (4, key_of(old.DEAD))
        assert db.execute(sa.select(edge.c.target).where(edge.c.run == 1)).scalar_one() == ids[old.DEAD]
        kept = set(db.execute(sa.select(body.c.id).where(body.c.run == 1)).scalars())
    assert kept == {4, ids[old.ARTICLE]}


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(store_url: str) -> None:
    engine = engine_of(store_url)
    old.first_store(engine)
    with engine.begin() as db:  # an inventory that no program of ours wrote
        db.exec_driver_sql('UPDATE run SET inventory = \'{"sites": [{"own_hosts": ["a.cn"]}]}\'')
    with pytest.raises(KeyError):
        open_store(store_url)
    assert version_of(engine) == 1
    columns = {column["name"] for column in sa.inspect(engine).get_columns("address")}
    assert "key" in columns and "job" not in columns
    with engine.begin() as db:
        db.execute(schema.run.update().values(inventory=json.dumps(old.INVENTORY)))
    assert differences(open_store(store_url)) == []


def test_several_processes_that_open_a_store_at_once(store_url: str) -> None:
    old.first_store(engine_of(store_url))
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: upgrade(engine_of(store_url)), range(4)))
    assert set(seen) <= {1, schema.SCHEMA_VERSION}
    engine = engine_of(store_url)
    assert version_of(engine) == schema.SCHEMA_VERSION and differences(engine) == []


def test_a_store_newer_than_the_program_is_told_and_not_touched(store_url: str) -> None:
    engine = open_store(store_url)
    with engine.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(StoreError, match=r"数据库版本 99.*请升级本程序"):
        open_store(store_url)
    assert version_of(engine) == 99


def test_a_killed_first_opening_is_taken_for_version_1(store_url: str) -> None:
    old.first_tables().create_all(engine_of(store_url))
    assert differences(open_store(store_url)) == []


def test_revisions_are_named_by_the_version_they_make() -> None:
    folder = Path(schema.__file__).parent / "migrations" / "versions"
    found = sorted(path.name for path in folder.glob("0*.py"))
    assert [int(name[:4]) for name in found] == list(range(1, schema.SCHEMA_VERSION + 1))
    for name in found:
        assert re.search(rf'^revision = "{name[:4]}"$', (folder / name).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("url", ["postgres://u:p@h/x", "postgresql://u:p@h/x", "postgresql+psycopg://u:p@h/x"])
def test_every_way_to_write_postgresql_means_psycopg_3(url: str) -> None:
    engine = engine_of(url)
    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")


@pytest.mark.parametrize("url", ["mysql://u:secret@h/x", "nothing", "sqlite+nope:///x"])
def test_other_databases_are_refused_in_plain_words(url: str) -> None:
    with pytest.raises(StoreError) as told:
        open_store(url)
    assert "数据库" in str(told.value) and "secret" not in str(told.value)
