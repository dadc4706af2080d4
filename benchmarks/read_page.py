"""Milliseconds per reader of `read_page`, over saved real pages of about 40 kB and over pages of a made-up site.

python -m benchmarks.read_page [folder of .html files]

A page of the site is read once, after others of that site, as in a walk: its menus are known, its own words are not.
Real pages are each of another site; they are read again and again, and once more with all that is remembered forgotten.
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

from benchmarks.site_pages import site_pages
from crawler.facts.bodies import body_row
from crawler.pages import reader
from crawler.pages.personal import find_personal

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
SITE_PAGES = 200
WARM = 40  # pages of the site that are read before
SIZES = range(20_000, 70_000)
FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "pages"
URL = "http://www.example.gov.cn/zwgk/tzgg/page.html"


def timed(spent: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with its time added up."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += time.process_time() - start

    return wrapper


def forget() -> None:
    """Empty every memo of the readers that is filled by pages; recognition marks stay."""
    for name, module in list(sys.modules.items()):
        for memo in vars(module).values() if name.startswith("crawler.pages") else ():
            if hasattr(memo, "cache_clear") and memo.cache_parameters()["maxsize"] is not None:
                memo.cache_clear()


def cpu_of(url: str, body: bytes) -> tuple[float, float]:
    """Milliseconds of CPU for one whole read_page, and for its personal numbers and the row of its body."""
    start = time.process_time()
    page = reader.read_page(body, url)
    middle = time.process_time()
    body_row(1, 1, page, body, find_personal(page.text))
    return (middle - start) * 1000, (time.process_time() - middle) * 1000


def of_site() -> None:
    """What pages of one site cost, each read once."""
    pages = list(site_pages(SITE_PAGES + WARM))
    times = [cpu_of(url, body) for url, body in pages][WARM:]
    spent = by_reader(pages[WARM:])
    size, links = len(pages[0][1]) / 1000, len(reader.read_page(pages[0][1], pages[0][0]).links)
    print(f"{SITE_PAGES} pages of one site, {size:.1f} kB, {links} links")
    show(spent, "each page read once, median", [statistics.median(column) for column in zip(*times, strict=True)])


def of_real(folder: Path) -> bool:
    """What saved pages cost, each the best of several rounds; False when there are none."""
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.html")) if path.stat().st_size in SIZES]
    pages = [(URL, body) for body in bodies]
    rounds = [[cpu_of(*page) for page in pages] for _ in range(ROUNDS)]
    fresh = [[_fresh(*page) for page in pages] for _ in range(ROUNDS)]
    if not pages:
        return False
    print(f"{len(pages)} real pages, mean {sum(map(len, bodies)) / len(bodies) / 1000:.1f} kB")
    show(by_reader(pages), f"mean of each page's best of {ROUNDS}", _means(rounds))
    print(f"{'read_page':18}{_means(fresh)[0]:8.3f} ms CPU with nothing remembered from pages before")
    return True


def _fresh(url: str, body: bytes) -> tuple[float, float]:
    forget()
    return cpu_of(url, body)


def _means(rounds: list[list[tuple[float, float]]]) -> list[float]:
    """Mean over the pages of each page's best round: [read_page, body]."""
    return [
        statistics.mean(min(times[part] for times in of_page) for of_page in zip(*rounds, strict=True))
        for part in (0, 1)
    ]


def by_reader(pages: list[tuple[str, bytes]]) -> dict[str, float]:
    """Mean milliseconds a page that each reader takes."""
    spent: dict[str, float] = defaultdict(float)
    kept = {name: getattr(reader, name) for name in READERS}
    for name, function in kept.items():
        setattr(reader, name, timed(spent, name, function))
    for url, body in pages:
        reader.read_page(body, url)
    for name, function in kept.items():
        setattr(reader, name, function)
    return {name: spent[name] / len(pages) * 1000 for name in READERS}


def show(spent: dict[str, float], what: str, whole: list[float]) -> None:
    """One table."""
    for name, milliseconds in spent.items():
        print(f"{name:18}{milliseconds:8.3f} ms")
    print(f"{'read_page':18}{whole[0]:8.3f} ms CPU, {what}\n{'numbers and body':18}{whole[1]:8.3f} ms CPU\n")


def main() -> int:
    """Print both tables; 1 when there are no real pages to read."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    of_site()
    if not of_real(folder):
        print(f"no pages of 20 to 70 kB in {folder}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
