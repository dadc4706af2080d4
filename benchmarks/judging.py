"""Time and memory of `scrapy judge` over 100,000 stored pages, documents included.

python -m benchmarks.judging [--pages 100000] [--profile quarterly] [--store facts.db]

The pages are those of benchmarks.big_site, walked into a store first (minutes) unless --store names one. The command
runs as a user runs it, in a process of its own on one core; 1 when it needs more than a minute or 500 MB, or tells an
error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.big_site import walk

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS, LIMIT_MB = 60, 500
LINKS = 10


def one_core() -> None:
    """Keep the child on one core where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def judge(store: Path, output: Path, profile: str) -> tuple[float, float, float, int]:
    """(wall seconds, CPU seconds, peak MB, exit status) of one `scrapy judge`."""
    settings = (f"DATABASE_URL=sqlite:///{store}", f"OUTPUT_DIR={output}", f"RULES_PROFILE={profile}")
    words = [sys.executable, "-m", "scrapy", "judge", *(word for one in settings for word in ("-s", one))]
    started = time.perf_counter()
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=one_core)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode


def told(output: Path) -> dict[str, Any]:
    """findings.json of the round, whichever profile judged it."""
    path = max(output.rglob("findings.json"), key=lambda file: file.stat().st_mtime)
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def main() -> int:
    """Walk unless there is a store, judge by each profile, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--profile", action="append", help="方案，可写多次；不写为 monthly、quarterly、annual")
    parser.add_argument("--store", type=Path)
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="judging-") as name:
        folder = Path(name)
        store = options.store or walk(folder, options.pages, LINKS)[1]
        for profile in options.profile or ["monthly", "quarterly", "annual"]:
            wall, cpu, memory, status = judge(store, folder / profile, profile)
            data = told(folder / profile) if status == 0 else {}
            coverage, findings = data.get("coverage", {}), data.get("findings", [])
            errors = coverage.get("errors", 0)
            print(
                f"{profile}: {coverage.get('pages', 0):,} pages, {len(findings):,} findings, {errors} errors; "
                f"{wall:.1f} s, {cpu:.1f} s CPU, peak {memory:.0f} MB, exit {status}",
                flush=True,
            )
            good &= status == 0 and not errors and wall < LIMIT_SECONDS and memory < LIMIT_MB
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
