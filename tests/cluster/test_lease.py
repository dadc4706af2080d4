"""Leases on both databases: one holder at a time, and nothing stored by who lost it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.cluster.guarded import GuardedWriter
from crawler.cluster.holding import Hold
from crawler.cluster.lease import End, Lease, LeaseLost, guarded, release, renew, take
from crawler.facts import schema
from crawler.facts.store import finish_run, open_store, start_run
from tests.walk.drive import AS_OF

JOB = "site:portal"


@pytest.fixture
def engine(store_url: str) -> Engine:
    return open_store(store_url)


@pytest.fixture
def run(engine: Engine) -> int:
    return start_run(
        engine, round="2026-11", as_of=AS_OF, inventory="{}", inventory_digest="x", sites="", seed=1, tool="test",
        staging=None, loopback=False,
    ).id  # fmt: skip


def taken(engine: Engine, run: int, owner: str = "a", seconds: float = 60) -> Lease:
    lease = take(engine, run, JOB, owner, seconds)
    assert lease is not None
    return lease


def row(engine: Engine) -> Any:
    with engine.connect() as db:
        return db.execute(sa.select(schema.lease)).one()


def address(run: int, number: int) -> dict[str, Any]:
    return {
        "run": run, "id": number, "url": f"http://a.cn/{number}", "job": JOB, "role": 4, "depth": 0, "requests": 0,
        "state": schema.TODO,
    }  # fmt: skip


def stored(engine: Engine) -> list[int]:
    with engine.connect() as db:
        return sorted(db.execute(sa.select(schema.address.c.id)).scalars())


def test_one_holder_at_a_time(engine: Engine, run: int) -> None:
    first = taken(engine, run)
    assert take(engine, run, JOB, "b", 60) is None
    assert take(engine, run, "site:jyj", "b", 60) is not None
    assert release(engine, first, End.WELL, {"pace": 1})
    second = taken(engine, run, "b")
    assert (second.fence, second.carry) == (first.fence + 1, {"pace": 1})


def test_of_many_who_ask_at_once_one_gets_it(engine: Engine, run: int) -> None:
    gate = threading.Barrier(8)

    def ask(name: int) -> Lease | None:
        gate.wait()
        return take(engine, run, JOB, str(name), 60)

    with ThreadPoolExecutor(8) as pool:
        got = [lease for lease in pool.map(ask, range(8)) if lease]
    assert len(got) == 1


def test_a_lease_that_ran_out_goes_to_the_next_and_cannot_be_renewed(engine: Engine, run: int) -> None:
    old = taken(engine, run, seconds=0.2)
    assert renew(engine, old, {"x": 1})
    time.sleep(0.3)
    assert not renew(engine, old)
    new = taken(engine, run, "b")
    assert new.fence > old.fence and new.carry == {"x": 1}
    assert not release(engine, old, End.WELL)
    assert row(engine).owner == "b"


def test_a_lease_that_ran_out_is_held_again_late_unless_taken_or_given_back(engine: Engine, run: int) -> None:
    first = taken(engine, run, seconds=0.1)
    time.sleep(0.15)
    assert not renew(engine, first) and renew(engine, first, late=True)
    time.sleep(0.15)
    second = taken(engine, run, "b", seconds=0.1)
    time.sleep(0.15)
    assert not renew(engine, first, late=True) and renew(engine, second, late=True)
    release(engine, second, End.EARLY)
    assert not renew(engine, second, late=True)


def test_a_run_that_is_over_is_walked_by_nobody(engine: Engine, run: int) -> None:
    finish_run(engine, run)
    assert take(engine, run, JOB, "a", 60) is None


def test_slices_are_counted_and_a_message_is_awaited(engine: Engine, run: int) -> None:
    release(engine, taken(engine, run), End.BADLY)
    release(engine, taken(engine, run), End.BADLY)
    assert (row(engine).slices, row(engine).failed) == (0, 2)
    lease = taken(engine, run)
    assert row(engine).queued is None
    release(engine, lease, End.WELL)
    kept = row(engine)
    assert (kept.slices, kept.failed, kept.until) == (1, 0, 0) and abs(kept.queued - time.time()) < 60


def test_the_writer_of_a_lost_lease_stores_nothing(engine: Engine, run: int) -> None:
    old = taken(engine, run, seconds=0.5)
    told: list[str] = []
    writer = GuardedWriter(engine, old, told.append)
    writer.put([("address", address(run, 2)), ("address", address(run, 1))])
    while writer.backlog or stored(engine) != [1, 2]:
        time.sleep(0.02)
    time.sleep(0.6)
    taken(engine, run, "b")
    writer.put([("address", address(run, 3))])
    writer.close()
    assert stored(engine) == [1, 2]
    assert "接手" in told[0] and writer.error == told[0]


def test_a_lease_that_runs_out_unclaimed_is_lost_as_well(engine: Engine, run: int) -> None:
    lease = taken(engine, run, seconds=0.1)
    time.sleep(0.2)
    with pytest.raises(LeaseLost), guarded(engine, lease) as db:
        db.execute(schema.address.insert().values(address(run, 1)))
    assert stored(engine) == []


def test_a_transaction_that_outlasts_its_lease_is_rolled_back(engine: Engine, run: int) -> None:
    lease = taken(engine, run, seconds=0.3)
    with pytest.raises((LeaseLost, sa.exc.DBAPIError)), guarded(engine, lease) as db:
        db.execute(schema.address.insert().values(address(run, 1)))
        time.sleep(0.5)
    assert stored(engine) == []


def test_who_freezes_within_a_transaction_holds_nobody_up(postgres_url: str) -> None:
    """PostgreSQL throws the frozen session out; the job goes on elsewhere."""
    engine = open_store(postgres_url)
    number = start_run(
        engine, round="2026-11", as_of=AS_OF, inventory="{}", inventory_digest="x", sites="", seed=1, tool="test",
        staging=None, loopback=False,
    ).id  # fmt: skip
    lease = taken(engine, number, seconds=1)
    with pytest.raises(sa.exc.DBAPIError), guarded(engine, lease) as db:
        db.execute(schema.address.insert().values(address(number, 1)))
        begun = time.monotonic()
        other = None
        while other is None and time.monotonic() - begun < 30:
            other = take(engine, number, JOB, "b", 60)
        assert other is not None and time.monotonic() - begun < 20
        db.execute(schema.address.insert().values(address(number, 2)))
    assert stored(engine) == []


def test_slices_that_find_the_same_addresses_at_once_do_not_wait_in_a_ring(engine: Engine, run: int) -> None:
    told: list[str] = []
    leases = [take(engine, run, f"site:{n}", "a", 60) for n in range(4)]
    writers = [GuardedWriter(engine, lease, told.append) for lease in leases if lease]
    for start in range(0, 3000, 50):
        numbers = list(range(start, start + 50))
        for writer in writers:
            numbers.reverse()
            writer.put([("address", address(run, number)) for number in numbers])
    for writer in writers:
        writer.close()
    assert told == [] and stored(engine) == list(range(3000))


def test_a_holder_renews_and_learns_that_it_lost(engine: Engine, run: int) -> None:
    lost = threading.Event()

    def broken() -> dict[str, Any]:
        raise RuntimeError("not yet")

    lease = taken(engine, run, seconds=0.6)
    hold = Hold(engine, lease, broken, lost.set)
    assert hold.begin() and hold.sure
    time.sleep(1.2)
    assert hold.sure and not lost.is_set() and take(engine, run, JOB, "b", 60) is None
    with engine.begin() as db:
        db.execute(schema.lease.update().values(fence=schema.lease.c.fence + 1))
    assert lost.wait(5)
    hold.end()
