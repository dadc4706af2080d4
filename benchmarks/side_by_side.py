"""Runs the commands of a file, so many at once: `python -m benchmarks.side_by_side 2 commands.json`.

The file holds a list of commands, each a list of words; what command number n says is kept beside the file, in n.out
and n.err. Exit status 0 however they end: checkers that find dead links end with 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def main() -> int:
    """Run them all."""
    at_once, commands = int(sys.argv[1]), Path(sys.argv[2])

    def run(numbered: tuple[int, list[str]]) -> None:
        number, words = numbered
        out, errors = (commands.parent / f"{number}.{kind}" for kind in ("out", "err"))
        with out.open("wb") as said, errors.open("wb") as complained:
            subprocess.run(words, stdout=said, stderr=complained, check=False)

    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(run, enumerate(json.loads(commands.read_text(encoding="utf-8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
