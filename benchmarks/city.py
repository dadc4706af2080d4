"""A whole inspection of the bench city beside link checkers: wall time, CPU, peak memory, recall and precision.

python -m benchmarks.city [--sites 10] [--rounds 1] [--only xuncha,wget] [--tools ../shared/bench]

Needs nginx and psutil. The checkers run in turn, so that what else the machine does falls on all of them; figures are
medians, CPU and memory those of all processes of a checker together (what they share counts for each).
Writes benchmarks/results/city.json and city.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import psutil

from benchmarks.checkers import CHECKERS, ROOT, Checker, Place
from benchmarks.drawing import bars

RESULTS = Path(__file__).with_name("results")
PORT = 8380
LIMIT = 3600.0  # seconds for one checker
LOOK = 0.5  # seconds between two looks at a checker's processes: each goes over all of the machine's


@dataclass(frozen=True)
class Result:
    """Seconds, megabytes, shares. `named`: links called dead; `right`: those of them that are; `walls`: all rounds."""

    name: str
    what: str
    wall: float
    cpu: float
    megabytes: float
    planted: int
    named: int
    right: int
    walls: tuple[float, ...] = ()

    @property
    def recall(self) -> float:
        """Share of the planted dead links that was found."""
        return self.right / self.planted

    @property
    def precision(self) -> float:
        """Share of the links called dead that are."""
        return self.right / self.named if self.named else 1.0


def options_of(about: str | None, **own: int | str) -> argparse.Namespace:
    """Options of a benchmark over the bench city, each with its default; exits where the city's tools are missing."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in own.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "bench")
    options = parser.parse_args()
    if not (options.tools / "make_city.py").exists():
        parser.exit(1, f"the bench city's tools are not in {options.tools}: name their folder with --tools\n")
    return options


def main() -> int:
    """Print the table; 1 when something it needs is missing."""
    options = options_of(__doc__, sites=10, rounds=1, only="")
    wanted = [name for name in options.only.split(",") if name]
    chosen = [checker for checker in CHECKERS if not wanted or checker.name in wanted]
    for checker in chosen:
        if not checker.there:
            print(f"{checker.name}: not installed, left out", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench-city-") as name, served(Path(name), options) as place:
        truth = json.loads((place.city / "truth.json").read_text(encoding="utf-8"))
        runs = [
            [measure(checker, place, truth["dead"], number) for checker in chosen if checker.there]
            for number in range(options.rounds)
        ]
        addresses = len(truth["pages"]) + len(truth["assets"]) + len(truth["dead"])
    results = [middle(same) for same in zip(*runs, strict=True)]
    show(results, options.sites, addresses)
    keep(results, options.sites, addresses, options.rounds)
    return 0


@contextmanager
def served(folder: Path, options: argparse.Namespace) -> Iterator[Place]:
    """The city, made in `folder` and served by nginx until the block ends."""
    folder.chmod(0o755)  # nginx reads as another user
    city, inventory = folder / "city", folder / "inventory.yaml"
    make = [sys.executable, str(options.tools / "make_city.py"), "--out", str(city), "--sites", str(options.sites)]
    subprocess.run([*make, "--port", str(PORT), "--refused-port", str(PORT + 19)], check=True)
    told = subprocess.run([sys.executable, str(options.tools / "inventory.py"), str(city)], check=True, stdout=-1)
    inventory.write_bytes(told.stdout)
    serve = ["bash", str(options.tools / "serve.sh")]
    subprocess.run([*serve, "start", str(city)], check=True, stdout=subprocess.DEVNULL)
    try:
        yield Place(city, tuple((city / "seeds.txt").read_text().split()), inventory, folder)
    finally:
        subprocess.run([*serve, "stop", str(city)], check=True)


def measure(checker: Checker, place: Place, planted: Iterable[str], number: int) -> Result:
    """One run in a folder of its own."""
    own = Place(place.city, place.seeds, place.inventory, place.folder / f"{checker.name}-{number}")
    own.folder.mkdir()
    own.folder.chmod(0o777)  # some checkers give up root
    command = checker.command(own)
    environment = os.environ | {"PYTHONPATH": str(ROOT), **checker.environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users' processes do not compile their modules at every start
    started = time.perf_counter()
    with (own.folder / "stdout").open("wb") as out, (own.folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors, cwd=own.folder, env=environment)
        timer = threading.Timer(LIMIT, process.kill)
        timer.start()
        with watched(process.pid) as tree:
            _, process.returncode, used = os.wait4(process.pid, 0)
        timer.cancel()
    if os.WIFSIGNALED(process.returncode):
        raise SystemExit(f"{checker.name} did not end within {LIMIT} s")
    wall = time.perf_counter() - started
    named, dead = ({unquote(url) for url in urls} for urls in (checker.dead(own), planted))
    return Result(
        checker.name, checker.what, round(wall, 2), round(max(tree.cpu, used.ru_utime + used.ru_stime), 2),
        round(max(tree.most, used.ru_maxrss * 1024) / 2**20, 1), len(dead), len(named), len(named & dead),
    )  # fmt: skip


class Tree:
    """A process with all below it. `most`: bytes that they held at once; a fork server's children are no waited-for
    children of its parent, so their CPU time is what each had used when it was last looked at.
    """

    def __init__(self) -> None:
        self.most = 0
        self._used: dict[int, float] = {}

    @property
    def cpu(self) -> float:
        """Seconds of CPU, all processes together."""
        return sum(self._used.values())

    def look(self, process: psutil.Process) -> None:
        """Look once."""
        with suppress(psutil.Error):
            held = 0
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    held += one.memory_info().rss
                    self._used[one.pid] = one.cpu_times().user + one.cpu_times().system
            self.most = max(self.most, held)


@contextmanager
def watched(number: int) -> Iterator[Tree]:
    """Looks at the process of that number and those below it until the block ends."""
    tree, over = Tree(), threading.Event()

    def watch() -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(number)
            while not over.wait(LOOK):
                tree.look(process)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield tree
    finally:
        over.set()
        thread.join()


def middle(same: tuple[Result, ...]) -> Result:
    """The run in the middle, with the median of all wall times: of an even number it is between two runs."""
    walls = tuple(one.wall for one in same)
    wall = statistics.median(walls)
    return replace(min(same, key=lambda one: abs(one.wall - wall)), wall=round(wall, 2), walls=walls)


def show(results: list[Result], sites: int, addresses: int) -> None:
    """The table, with times as multiples of our own."""
    ours = next((one for one in results if one.name == "xuncha"), results[0])
    print(f"{sites} sites, {addresses} addresses, {results[0].planted} dead links; {os.cpu_count()} cores")
    print(f"{'':13}{'wall s':>8}{'ratio':>7}{'CPU s':>8}{'MB':>7}{'recall':>8}{'right':>8}")
    for one in results:
        print(
            f"{one.name:13}{one.wall:8.1f}{one.wall / ours.wall:7.2f}{one.cpu:8.1f}{one.megabytes:7.0f}"
            f"{one.recall:8.1%}{one.precision:8.1%}  {one.what}; {min(one.walls):.1f} to {max(one.walls):.1f} s"
        )


def keep(results: list[Result], sites: int, addresses: int, rounds: int) -> None:
    """JSON and picture."""
    RESULTS.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    told = {
        "date": datetime.now(UTC).date().isoformat(), "machine": machine, "sites": sites, "addresses": addresses,
        "rounds": rounds,
        "results": [asdict(one) | {"recall": one.recall, "precision": one.precision} for one in results],
    }  # fmt: skip
    (RESULTS / "city.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    title = f"{sites} sites, {addresses:,} addresses, {os.cpu_count()} cores: seconds"
    rows = [(one.name, one.wall, f"{one.wall:.1f} s, {one.recall:.0%} found, {one.what}") for one in results]
    (RESULTS / "city.svg").write_text(bars(title, rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
