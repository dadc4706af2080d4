"""Serve the staging city for a person: `python -m tests.staging [--as-of ISO] [--http-port N] [--out DIR] …`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from .clock import BEIJING, beijing
from .process import CITIES, City, CityError, start_city

CITY_HELP = "hazards 各种异常服务器，styles 各家建站系统与更新期限，network 域名、IPv6与证书"
GUIDE = """
云岭市演示城市已启动（监测时间点 {as_of:%Y-%m-%d %H:%M}，全部在本机，Ctrl-C 结束）

  用浏览器看    http://127.0.0.1:{city.http_port}/            各网站目录
                http://www.yunling.gov.cn.localhost:{city.http_port}/   门户网站
  巡查它        scrapy crawl gov_sites -a inventory={city.inventory} -a as_of={as_of:%Y-%m-%dT%H:%M%z} \\
                    -s DNS_SERVERS={city.dns_servers} -s RECHECK_DELAY=1
  清单          {city.inventory}
  植入的问题    {city.truth}
  域名服务器    {city.dns_servers}（例：dig @127.0.0.1 -p {city.dns_port} www.yunling.gov.cn AAAA）
"""


def wait(city: City) -> int:
    """Stay until Ctrl-C or SIGTERM, or until the city is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        while city.process.poll() is None:
            time.sleep(0.5)
        print("演示城市已意外结束", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.staging", description="启动云岭市演示城市")
    parser.add_argument(
        "--as-of", type=datetime.fromisoformat, default=None, help="监测时间点，如 2026-11-20T10:00+08:00"
    )
    parser.add_argument("--http-port", type=int, default=None, help="网站端口，默认 8380，被占用时另选")
    parser.add_argument("--dns-port", type=int, default=None, help="域名服务端口，默认 8353，被占用时另选")
    parser.add_argument("--out", type=Path, default=None, help="清单和植入问题写到哪个文件夹")
    parser.add_argument("--city", choices=CITIES, default="yunling", help=CITY_HELP)
    options = parser.parse_args()
    as_of = beijing(options.as_of or datetime.now(BEIJING).replace(microsecond=0))
    try:
        city = start_city(as_of, options.http_port, options.dns_port, options.out, options.city)
    except CityError as error:
        print(error, file=sys.stderr)
        return 1
    with city:
        print(GUIDE.format(city=city, as_of=as_of), flush=True)
        return wait(city)


if __name__ == "__main__":
    sys.exit(main())
