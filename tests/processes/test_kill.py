"""A round in two processes gives what one gives, whichever of them is killed, and goes on where it stood."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from tests.staging.process import City, start_city
from tests.walk.test_kill import AS_OF, ROOT, command, told


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    one = start_city(AS_OF, out_dir=tmp_path_factory.mktemp("city"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def whole(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round walked by one process."""
    folder = tmp_path_factory.mktemp("whole")
    done = subprocess.run(command(city, folder), cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not list(folder.glob("x.db-*")), "SQLite's other files stay when a connection was not closed"
    return folder


def two(city: City, folder: Path) -> subprocess.Popen[str]:
    words = [*command(city, folder), "-s", "PROCESSES=2"]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def walkers(parent: int) -> list[psutil.Process]:
    """The walking processes of a parent, once there are two: children of its fork server."""
    for _ in range(400):
        server = [
            one for one in psutil.Process(parent).children() if "multiprocessing.forkserver" in str(one.cmdline())
        ]
        if server and len(found := server[0].children()) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no walking processes")


def stored_pages(folder: Path) -> int:
    if not (folder / "x.db").exists():
        return 0
    engine = sa.create_engine(f"sqlite:///{folder}/x.db")
    try:
        with engine.connect() as db:
            return int(db.execute(sa.text("SELECT count(*) FROM page")).scalar_one())
    except sa.exc.OperationalError:  # the tables are being made
        return 0
    finally:
        engine.dispose()


def wait_for_pages(folder: Path, count: int) -> None:
    for _ in range(600):
        if stored_pages(folder) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("the walk does not move")


def no_page_twice(folder: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{folder}/x.db")
    with engine.connect() as db:
        assert (
            db.execute(sa.text("SELECT count(*) FROM item")).scalar_one()
            == db.execute(sa.text("SELECT count(*) FROM (SELECT DISTINCT run, page, position FROM item)")).scalar_one()
        )
    engine.dispose()


def test_a_killed_walker_is_replaced(city: City, whole: Path, tmp_path: Path) -> None:
    with two(city, tmp_path) as parent:
        for number, pages in enumerate((30, 120, 250)):
            wait_for_pages(tmp_path, pages)
            walkers(parent.pid)[number % 2].kill()
        _, errors = parent.communicate(timeout=180)
    assert parent.returncode == 0, errors[-3000:]
    assert told(tmp_path) == told(whole)
    assert not list(tmp_path.glob("x.db-*"))
    no_page_twice(tmp_path)


def test_a_killed_writer_takes_its_walkers_along_and_the_round_goes_on(city: City, whole: Path, tmp_path: Path) -> None:
    with two(city, tmp_path) as parent:
        wait_for_pages(tmp_path, 150)
        left = walkers(parent.pid)
        left += psutil.Process(parent.pid).children()  # the fork server, and the tracker of shared resources
        parent.kill()
    _, alive = psutil.wait_procs(left, timeout=15)
    assert not alive, "a walker outlived the writer, or the fork server did"
    with two(city, tmp_path) as parent:
        _, errors = parent.communicate(timeout=180)
    assert parent.returncode == 0 and "接着上次未完成的进度" in errors, errors[-3000:]
    assert told(tmp_path) == told(whole)
    no_page_twice(tmp_path)


def test_ctrl_c_ends_all_in_good_order(city: City, tmp_path: Path) -> None:
    with two(city, tmp_path) as parent:
        wait_for_pages(tmp_path, 20)
        left = walkers(parent.pid)
        for one in (parent.pid, *(child.pid for child in left)):  # a terminal tells the whole group
            os.kill(one, signal.SIGINT)
        _, errors = parent.communicate(timeout=60)
    assert parent.returncode == 1 and "再次执行同一命令即可继续" in errors, errors[-3000:]
    assert "Traceback" not in errors
    assert not psutil.wait_procs(left, timeout=5)[1]


def test_ctrl_c_while_the_walkers_are_still_starting(city: City, tmp_path: Path) -> None:
    """A walker that had not come further than its imports told the clerk of a KeyboardInterrupt in English."""
    with two(city, tmp_path) as parent:
        left = walkers(parent.pid)
        time.sleep(0.2)  # the parent listens by now, and their imports take longer
        for one in (*(child.pid for child in left), parent.pid):
            os.kill(one, signal.SIGINT)
        _, errors = parent.communicate(timeout=60)
    assert parent.returncode == 1 and "再次执行同一命令即可继续" in errors, errors[-3000:]
    assert "Traceback" not in errors
