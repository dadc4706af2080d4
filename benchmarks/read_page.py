"""Milliseconds per reader of `read_page`, over the saved real pages of about 40 kB.

python -m benchmarks.read_page [folder of .html files]
"""

from __future__ import annotations

import functools
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crawler.pages import reader

READERS = [
    "decode",
    "build",
    "narrow",
    "mark_regions",
    "read_metas",
    "find_dates",
    "find_headline",
    "read_publication",
    "read_listing",
    "pager_place",
    "breadcrumb",
    "main_rows",
    "undated_rows",
    "measure",
    "jump_target",
    "kind_of",
    "read_links",
    "read_identity",
    "main_text",
    "navigation",
    "next_pages",
    "list_sources",
    "footer_scripts",
]
ROUNDS = 10
SIZES = range(20_000, 70_000)
FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
URL = "http://www.example.gov.cn/zwgk/tzgg/page.html"


def timed(spent: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with its time added up."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - start

    return wrapper


def cpu_of(body: bytes) -> float:
    """Milliseconds of CPU for one whole read_page."""
    start = time.process_time()
    reader.read_page(body, URL)
    return (time.process_time() - start) * 1000


def main() -> int:
    """Print the table; 1 when there are no pages to read."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.html")) if path.stat().st_size in SIZES]
    if not bodies:
        print(f"no pages of 20 to 70 kB in {folder}", file=sys.stderr)
        return 1
    for body in bodies:
        reader.read_page(body, URL)
    rounds = [[cpu_of(body) for body in bodies] for _ in range(ROUNDS)]
    typical = statistics.median(statistics.mean(times) for times in rounds)
    quiet = statistics.mean(min(times) for times in zip(*rounds, strict=True))
    spent: dict[str, float] = defaultdict(float)
    for name in READERS:
        setattr(reader, name, timed(spent, name, getattr(reader, name)))
    for body in bodies:
        reader.read_page(body, URL)
    print(f"{len(bodies)} pages, mean {sum(map(len, bodies)) / len(bodies) / 1000:.1f} kB")
    for name in READERS:
        print(f"{name:18}{spent[name] / len(bodies) * 1000:8.3f} ms")
    print(f"{'read_page':18}{quiet:8.3f} ms CPU, mean of each page's best of {ROUNDS}; median round {typical:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
