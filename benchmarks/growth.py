"""What a round costs as the city grows: pages against CPU seconds, wall time and memory at 1×, 4× and 16×.

python -m benchmarks.growth [--base 10] [--times 1,4,16] [--processes 1] [--tools ../shared/bench]

`--base` is the number of sites at 1× (the bench city has 10). Needs nginx. Writes benchmarks/results/growth.json and
growth.svg.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.checkers import CHECKERS
from benchmarks.city import RESULTS, Result, measure, options_of, served
from benchmarks.drawing import lines


def main() -> int:
    """Print the table; 1 when something it needs is missing."""
    options = options_of(__doc__, base=10, times="1,4,16", processes="1")
    print(f"{'sites':>6}{'pages':>8}{'addresses':>11}{'CPU s':>8}{'wall s':>8}{'MB':>7}{'ms CPU an address':>19}")
    told = []
    for times in map(int, options.times.split(",")):
        options.sites = options.base * times
        pages, addresses, result = one_size(options)
        told.append({
            "sites": options.sites, "pages": pages, "addresses": addresses, "cpu": result.cpu, "wall": result.wall,
            "megabytes": result.megabytes, "recall": result.recall, "precision": result.precision,
        })  # fmt: skip
        print(
            f"{options.sites:6}{pages:8}{addresses:11}{result.cpu:8.1f}{result.wall:8.1f}{result.megabytes:7.0f}"
            f"{result.cpu / addresses * 1000:19.2f}",
            flush=True,
        )
    keep(told, options.processes)
    return 0


def one_size(options: argparse.Namespace) -> tuple[int, int, Result]:
    """Pages, addresses, and what the whole inspection of such a city took."""
    ours = next(checker for checker in CHECKERS if checker.name == "xuncha")
    alone = replace(ours, command=lambda place: [*ours.command(place), "-s", f"PROCESSES={options.processes}"])
    with tempfile.TemporaryDirectory(prefix="growth-") as name, served(Path(name), options) as place:
        truth = json.loads((place.city / "truth.json").read_text(encoding="utf-8"))
        addresses = len(truth["pages"]) + len(truth["assets"]) + len(truth["dead"])
        return len(truth["pages"]), addresses, measure(alone, place, truth["dead"], 0)


def keep(told: list[dict[str, float]], processes: str) -> None:
    """JSON and picture."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "growth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    drawn = [
        (f"{name}: {told[-1][field]:,.0f} at the end", [(0.0, 0.0), *((one["pages"], one[field]) for one in told)])
        for name, field in (("CPU s", "cpu"), ("wall s", "wall"))
    ]
    memory = [(one["pages"], one["megabytes"]) for one in told]
    drawn.append((f"MB: {told[0]['megabytes']:,.0f} to {told[-1]['megabytes']:,.0f}", memory))
    title = f"Cost of a round against pages read (up to {told[-1]['pages']:,.0f}), PROCESSES={processes}"
    (RESULTS / "growth.svg").write_text(lines(title, drawn), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
