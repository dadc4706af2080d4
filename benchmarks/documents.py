"""All documents of a large round, in seconds and megabytes: 53 sites, 8,007 articles, 2,000 findings.

    python -m benchmarks.documents                 # every document of the round
    python -m benchmarks.documents --pdf           # and the bulletin as PDF by typst
    python -m benchmarks.documents --libreoffice   # and by LibreOffice, where it is installed

Prints one line a step. The goal of the documents is 30 s and 500 MB; the PDFs are told apart.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reports import pdf
from reports.bulletin import compose, lines
from reports.documents import write_documents
from reports.gbt9704 import render
from reports.options import Options
from rules.schema import Judgement
from tests.reports import build

SITES, ARTICLES, FINDINGS = 53, 8007, 2000


def large() -> Judgement:
    """The round: its sites' pages add up to the articles, which also stand as published."""
    judgement = build.judgement(SITES, FINDINGS)
    share, rest = divmod(ARTICLES, SITES)
    sites = [s.model_copy(update={"pages": share + (i < rest)}) for i, s in enumerate(judgement.sites)]
    published = {**judgement.extra["published"], "total": ARTICLES, "by_type": {"动态要闻": ARTICLES}}
    return judgement.model_copy(
        update={
            "sites": sites,
            "coverage": judgement.coverage.model_copy(update={"pages": ARTICLES}),
            "extra": {**judgement.extra, "published": published},
        }
    )


def timed(name: str, step: Callable[[], object]) -> None:
    """Run a step and print its wall and processor seconds and the most memory so far, children included."""
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{name:<28} {time.perf_counter() - wall:7.1f} s wall {time.process_time() - cpu:7.1f} s cpu "
        f"{own:6.0f} MB own {child:6.0f} MB in children"
    )


def main() -> None:
    """Write the documents into a temporary folder, then the PDFs that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("--libreoffice", action="store_true")
    chosen = parser.parse_args()
    judgement, city = large(), build.inventory(sites=SITES)
    with tempfile.TemporaryDirectory() as folder:
        timed("all documents", lambda: write_documents(judgement, city, Path(folder), build.previous()))
        files = [p for p in Path(folder).rglob("*") if p.is_file()]
        size = sum(p.stat().st_size for p in files) / 1e6
        print(f"{len(judgement.findings)} findings, {len(files)} files, {size:.1f} MB on disk")
    told = compose(judgement, city, Options(), build.previous())
    title = lines(told.title)
    if chosen.pdf:
        timed("bulletin as PDF, typst", lambda: pdf.by_typst(told, title))
    if chosen.libreoffice:
        timed("bulletin as PDF, LibreOffice", lambda: pdf.by_libreoffice(render(told, title)))


if __name__ == "__main__":
    main()
