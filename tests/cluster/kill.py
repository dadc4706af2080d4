"""Twenty random moments: `python -m tests.cluster.kill [--moments 20] [--seed 1] [--broker redis]`; needs PostgreSQL.

Kills worker, crawl child, dispatcher or queue at random while two workers walk twenty sites, then compares with the
unbroken run. Exit status 0 when nothing differs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.cluster.brokers import BROKERS
from tests.cluster.field import DELAY, Field, doubles, told, unbroken, why_not
from tests.cluster.town import town
from tests.house.postgres import Cluster
from tests.house.postgres import why_not as no_postgres

WHOM = ("child", "worker1", "worker2", "dispatcher", "broker")


def main() -> int:
    """Kill, wait, compare, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", choices=sorted(BROKERS), default="redis")
    given = parser.parse_args()
    make, why_no_broker = BROKERS[given.broker]
    if reason := why_not(why_no_broker) or no_postgres():
        print(reason, file=sys.stderr)
        return 1
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name, town(pages=40) as sites, Cluster() as postgres:
        folder = Path(name)
        inventory, url = folder / "inventory.yaml", postgres.database()
        inventory.write_text(sites.inventory(), "utf-8")
        unbroken(inventory, f"sqlite:///{folder}/whole/x.db", folder / "whole")
        sites.asked.clear()
        field = Field(folder, url, inventory, broker=make())
        killed: list[str] = []
        try:
            field.start_all()
            for _ in range(given.moments):
                time.sleep(chance.uniform(1, 8))
                if field.running["dispatcher"].poll() == 0:
                    break
                killed.append(chance.choice(WHOM))
                field.kill(killed[-1])
            status = field.wait(600)
        finally:
            field.stop()
        same = status == 0 and told(folder) == told(folder / "whole")
        twice, faults = doubles(url), sites.faults(DELAY / 2 - 0.06)
    print(f"killed {len(killed)}: {' '.join(killed)}")
    print(f"status {status}, findings equal: {same}, stored twice: {twice}, pace and place: {faults or 'kept'}")
    return 0 if same and not twice and not faults and len(killed) == given.moments else 1


if __name__ == "__main__":
    sys.exit(main())
