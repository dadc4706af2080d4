"""Where walking processes come from: a fork server that has imported what they need, where the platform has one.

Imported before anything is known of the round, so it imports little itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
MOST = 64


def wanted(text: Any) -> int:
    """The PROCESSES setting: a number, or `auto` for one a core. ValueError for anything else."""
    word = str(text or "1").strip().lower()
    if word == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if word.isdecimal() and 1 <= int(word) <= MOST:
        return int(word)
    raise ValueError(text)


def get_ready(text: Any) -> None:
    """Let the fork server import what walking processes need, beside whatever is done here until they start.

    `text` is the PROCESSES setting: nothing is made ready for one, or for what is wrong and will be told later.
    """
    with suppress(ValueError):
        if wanted(text) > 1 and METHOD == "forkserver":
            _start_server()


def _start_server() -> None:
    from multiprocessing.forkserver import ensure_running  # not on every platform

    multiprocessing.set_forkserver_preload(["crawler.processes.preloaded"])
    with deaf():
        ensure_running()


def started(target: Any, *args: Any) -> Any:
    """A process that runs `target`, and is told of Ctrl-C by nobody but us."""
    process: Any = multiprocessing.get_context(METHOD).Process(target=target, args=args, daemon=True)  # type: ignore[attr-defined]
    with deaf():
        process.start()
    return process


@contextmanager
def deaf() -> Iterator[None]:
    """What is started here ignores Ctrl-C from its first instruction, its imports included: the parent tells it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
