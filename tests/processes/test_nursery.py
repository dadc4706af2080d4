"""The fork server: what it holds is safe to share, and what comes from it is apart from its like."""

from __future__ import annotations

import multiprocessing
import random
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import dns.entropy
import pytest

from crawler.processes import nursery
from crawler.processes.nursery import METHOD, get_ready, started, wanted

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_SHARED_STATE = """
import sys, threading, asyncio, gc, sqlite3
opened = []
watched = ("sqlite3.connect", "socket.connect")
sys.addaudithook(lambda event, given: opened.append((event, given)) if event in watched else None)
import crawler.processes.preloaded
assert "crawler.processes.child" in sys.modules
assert "twisted.internet.reactor" not in sys.modules, "a reactor is a process's own"
assert threading.enumerate() == [threading.main_thread()]
assert not opened, opened
assert gc.isenabled() and gc.get_freeze_count()
"""


def tell(connection: Connection) -> None:
    """What differs between two processes, and what must be set in each."""
    heard = signal.getsignal(signal.SIGINT)
    connection.send((random.random(), dns.entropy.random_16(), heard == signal.SIG_IGN))
    connection.recv()


def both() -> tuple[Any, Any]:
    """What two processes tell that are there at the same time."""
    pipes = [multiprocessing.Pipe() for _ in range(2)]
    processes = [started(tell, theirs) for _, theirs in pipes]
    told = [ours.recv() for ours, _ in pipes]
    for (ours, _), process in zip(pipes, processes, strict=True):
        ours.send(None)
        process.join()
        assert process.exitcode == 0
    return told[0], told[1]


def test_what_is_preloaded_is_safe_to_share() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SHARED_STATE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.returncode, done.stderr


@pytest.mark.skipif(METHOD != "forkserver", reason="no fork server here")
def test_walking_processes_share_no_chance_and_do_not_hear_ctrl_c() -> None:
    get_ready("2")
    one, other = both()
    assert one[0] != other[0] and one[1] != other[1]
    assert one[2] and other[2]
    assert signal.getsignal(signal.SIGINT) != signal.SIG_IGN


def test_they_do_as_well_without_a_fork_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "METHOD", "spawn")
    one, other = both()
    assert one[0] != other[0] and one[2] and other[2]


def test_nothing_is_made_ready_for_one_process_or_a_wrong_number(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []
    monkeypatch.setattr(nursery, "_start_server", lambda: made.append(True))
    monkeypatch.setattr(nursery, "METHOD", "forkserver")
    for text in ("", "1", None, "two", "0"):
        get_ready(text)
    assert not made
    get_ready("2")
    assert made


def test_what_is_wanted() -> None:
    assert [wanted(text) for text in (None, "", "1", " 3 ", 64)] == [1, 1, 1, 3, 64]
    assert wanted("auto") >= 1
    for wrong in ("0", "65", "two", "-1"):
        with pytest.raises(ValueError, match=wrong):
            wanted(wrong)
