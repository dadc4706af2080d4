"""What a round of the bench city takes in the store, in its archive and after thinning.

python -m benchmarks.store_size [--sites 10] [--tools ../shared/bench]

Needs nginx. SQLite, and PostgreSQL where a server is installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.checkers import CHECKERS, ROOT, Place
from benchmarks.city import served
from crawler.facts.archive import archive, restore
from crawler.facts.sizes import size_of
from crawler.facts.store import latest_round, open_store
from crawler.facts.thinning import thin
from tests.house.postgres import Cluster, why_not

MB = 1e6
LATER = datetime.fromisoformat("2026-11-20T10:00+08:00") + timedelta(days=800)


def main() -> int:
    """Print a line for each database; 1 when the round could not be walked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10)
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "bench")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="store-size-")))
        city = stack.enter_context(served(folder, options))
        urls = {"sqlite": f"sqlite:///{folder}/facts.db"}
        if reason := why_not():
            print(reason, file=sys.stderr)
        else:
            urls["postgresql"] = stack.enter_context(Cluster()).database()
        for name, url in urls.items():
            if not walked(city, url):
                return 1
            tell(name, url, folder)
    return 0


def walked(city: Place, url: str) -> bool:
    """One whole round into the store."""
    ours = next(checker for checker in CHECKERS if checker.name == "xuncha")
    words = [f"DATABASE_URL={url}" if word.startswith("DATABASE_URL=") else word for word in ours.command(city)]
    began = time.perf_counter()
    ended = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"walked, judged and written in {time.perf_counter() - began:.1f} s")
    if ended.returncode:
        print(ended.stdout, file=sys.stderr)
    return ended.returncode == 0


def tell(name: str, url: str, folder: Path) -> None:
    """Size, archive and thinning of the store."""
    engine = open_store(url)
    size = size_of(engine)
    code = latest_round(engine)
    assert code is not None and size.per_thousand is not None
    tables = ", ".join(f"{table.name} {table.bytes / MB:.1f}" for table in size.tables[:5])
    each = size.per_thousand / MB
    print(f"{name}: {size.pages} pages, {size.bytes / MB:.1f} MB, {each:.1f} MB a 1,000 pages ({tables})")
    began = time.perf_counter()
    packed = archive(engine, code, folder / f"{name}.zip")
    written = time.perf_counter()
    restore(open_store(f"sqlite:///{folder}/{name}-restored.db"), packed.file)
    back = time.perf_counter()
    took = f"written in {written - began:.1f} s, restored in {back - written:.1f} s"
    print(f"{name}: archive {packed.size / MB:.1f} MB, {took}")
    done = thin(engine, 12, LATER)
    print(f"{name}: thinned from {done.before / MB:.1f} to {done.after / MB:.1f} MB")
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
