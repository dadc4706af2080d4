"""Memory, time and store of one very large site, walked without a network: pages are made when they are asked for.

python -m benchmarks.big_site [--pages 200000] [--links 30]

Prints a line at every sixteenth of the pages; 1 when the peak is over the limit (600 MB).
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from crawler.extensions.collector import NEW_OBJECTS, OLD_LOOKS, YOUNG_LOOKS
from crawler.facts.store import finish_run, open_store, start_run
from crawler.facts.writer import Writer
from crawler.frontier import Frontier
from crawler.hosts import HostMap, SitePlan
from crawler.inventory import Inventory
from crawler.scheduler import MAX_BACKLOG
from crawler.seeing.tuning import tuning
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook, Bounds
from crawler.walk.walk import Walk

LIMIT_MB = 600
HOST = "http://www.big.gov.cn"
AS_OF = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=8)))
COLUMNS = 200
TEXT = "各乡镇人民政府要切实贯彻落实政务公开标准化规范化建设各项任务，及时回应社会关切，自觉接受公众监督。" * 6


def inventory() -> Inventory:
    """One portal."""
    return Inventory.model_validate(
        {
            "city": "测量市", "region_code": "530000", "issuer": "测量市人民政府办公室",
            "units": [{"id": "zfb", "name": "办公室"}],
            "sites": [{"id": "big", "name": "大站", "kind": "portal", "unit": "zfb", "url": f"{HOST}/"}],
        }
    )  # fmt: skip


def address(number: int) -> str:
    """Page 0 is the home page; the others lie in columns and months as content systems put them."""
    if number == 0:
        return f"{HOST}/"
    return f"{HOST}/c{number % COLUMNS}/2024{number % 12 + 1:02d}/t20240601_{number}.html"


def body(number: int, pages: int, links: int) -> bytes:
    """A page that leads to the next two in a tree, so that all are found, and to others anywhere."""
    chance = random.Random(number)
    targets = [target for target in (2 * number + 1, 2 * number + 2) if target < pages]
    targets += [chance.randrange(pages) for _ in range(links - len(targets))]
    anchors = "".join(f'<li><a href="{address(target)}">关于第{target}号事项的通知</a></li>' for target in targets)
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>第{number}号_大站</title></head><body>"
        f"<h1>关于第{number}号事项的通知</h1><p>发布时间：2024-06-01</p><p>{TEXT}</p><ul>{anchors}</ul></body></html>"
    ).encode()


def peak() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def walk(folder: Path, pages: int, links: int) -> tuple[int, Path]:
    """Walk the site into a store; (pages that were read, the store's file)."""
    file = folder / "facts.db"
    engine = open_store(f"sqlite:///{file}")
    plan = inventory()
    run = start_run(
        engine, round="2026-11", as_of=AS_OF, inventory=plan.model_dump_json(), inventory_digest="x", sites="", seed=1,
        tool="benchmark", staging=None, loopback=False,
    )  # fmt: skip
    frontier = Frontier(per_site=1, per_host=1)
    plans = {site.id: SitePlan(site) for site in plan.sites}
    bounds = Bounds(pages_per_site=pages, depth=40)
    book = AddressBook(run.id, HostMap(plan, list(plan.sites)), plans, frontier, bounds, False)
    writer = Writer(engine)
    on = Walk(book, writer.put, as_of=AS_OF, seed=1, policy=tuning().recheck.with_delay(600))
    on.start()
    done, started, cpu = 0, time.perf_counter(), time.process_time()
    while (entry := frontier.next(AS_OF.timestamp())) is not None:
        number = 0 if entry.url == address(0) else int(entry.url.rpartition("_")[2].partition(".")[0])
        answer = Answer(at=AS_OF, status=200, headers={"content-type": "text/html"}, body=body(number, pages, links))
        frontier.done(entry.lane)
        on.take(entry, answer)
        done += 1
        while writer.backlog > MAX_BACKLOG:
            time.sleep(0.01)
        if done % max(1, pages // 16) == 0:
            used = time.process_time() - cpu
            print(
                f"{done:8} pages {time.perf_counter() - started:7.1f} s {used / done * 1000:6.2f} ms CPU a page "
                f"{peak():6.0f} MB, {frontier.to_go} to go",
                flush=True,
            )
    writer.close()
    if writer.error:
        raise SystemExit(writer.error)
    finish_run(engine, run.id)
    engine.dispose()
    return done, file


def main() -> int:
    """Walk, print, compare with the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200_000)
    parser.add_argument("--links", type=int, default=30)
    options = parser.parse_args()
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, OLD_LOOKS)
    with tempfile.TemporaryDirectory(prefix="big-site-") as name:
        done, file = walk(Path(name), options.pages, options.links)
        size = sum(part.stat().st_size for part in file.parent.iterdir()) / 1e6
    told = f"peak {peak():.0f} MB; store {size / done * 1000:.1f} MB per 1,000 pages"
    print(f"{done} pages, {done * options.links:,} links: {told}")
    return 0 if peak() <= LIMIT_MB and done == options.pages else 1


if __name__ == "__main__":
    sys.exit(main())
