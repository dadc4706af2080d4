"""How many machines a round needs: sites × pages × pace → cores, memory, hours and storage, from measured figures.

python -m benchmarks.sizing [--pages 3000] [--hours 24] [--delay 0.25] [--child-mb 160] [--store-mb 14]

CPU an address comes from benchmarks/results/growth.json (`python -m benchmarks.growth` on the machine in question).
`--child-mb` is what one walking process takes, `--store-mb` what 1,000 pages take in the store
(`python -m benchmarks.store_size`). Prints the table of docs/sizing.md.
"""

from __future__ import annotations

import argparse
import json
import math
import sys

from benchmarks.city import RESULTS

SITES = (10, 53, 500, 3000, 14000)
BUSY = 0.7  # share of a core that is planned for: rounds are judged and told beside the walk


def main() -> int:
    """Print the table; 1 when nothing was measured yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000, help="pages of a site, on average")
    parser.add_argument("--hours", type=float, default=24.0, help="in which the round is to be done")
    parser.add_argument("--delay", type=float, default=0.25, help="SITE_DELAY: seconds between requests to a site")
    parser.add_argument("--child-mb", type=float, default=160.0)
    parser.add_argument("--store-mb", type=float, default=14.0)
    options = parser.parse_args()
    path = RESULTS / "growth.json"
    if not path.exists():
        print("nothing measured yet: run python -m benchmarks.growth first", file=sys.stderr)
        return 1
    measured = json.loads(path.read_text(encoding="utf-8"))[-1]
    an_address = measured["cpu"] / measured["addresses"]
    a_page = measured["addresses"] / measured["pages"]
    print(f"{an_address * 1000:.1f} ms CPU an address, {a_page:.1f} addresses a page (as measured)")
    print(f"{options.pages} pages a site, {options.delay} s between requests, done in {options.hours:g} hours\n")
    print("| sites | addresses | one site, hours | sites at a time | cores | memory GB | store GB |")
    print("|---|---|---|---|---|---|---|")
    for sites in SITES:
        print(row(sites, options, an_address, a_page))
    return 0


def row(sites: int, options: argparse.Namespace, an_address: float, a_page: float) -> str:
    """One line: the pace says how long a site takes, the hours how many go at a time, these the memory."""
    addresses = options.pages * a_page
    a_site = addresses * options.delay / 3600
    together = min(sites, max(1, math.ceil(sites * a_site / options.hours)))
    cores = max(1, math.ceil(sites * addresses * an_address / 3600 / options.hours / BUSY))
    memory = together * options.child_mb / 1024
    store = sites * options.pages / 1000 * options.store_mb / 1024
    cells = (f"{sites:,}", f"{sites * addresses:,.0f}", f"{a_site:.1f}", f"{together:,}", f"{cores:,}")
    return "| " + " | ".join((*cells, f"{memory:.1f}", f"{store:.1f}")) + " |"


if __name__ == "__main__":
    sys.exit(main())
