"""The download handler inside a real Scrapy run."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from scrapy.http import Headers

from crawler.downloader.fetch import Fetched
from crawler.downloader.handler import headers_of

_SCRIPT = """
import asyncio, json, sys
import scrapy
from scrapy.crawler import CrawlerProcess
from crawler.downloader.errors import SeeingError
from tests.downloader.rude import rude
from tests.probes.nameserver import name_server

FREE = {"handle_httpstatus_all": True, "dont_redirect": True}


class Look(scrapy.Spider):
    name = "look"

    async def start(self):
        self.stack = [rude(), name_server({"www.a.gov.cn A": ["127.0.0.1"], "in.cn A": ["127.0.0.1"]})]
        site, names = [await server.__aenter__() for server in self.stack]
        self.crawler.resolver._servers = [names.server]
        ok = {"allow_private": True}
        for path, meta in [("/", ok), ("/gzip", ok), ("/location", ok), ("/short", ok), ("/nothing", ok),
                           ("/huge/a.zip", ok | {"read": "link"}), ("/reset", ok), ("/in", {})]:
            yield scrapy.Request(site.url(path, "www.a.gov.cn"), self.parse, errback=self.failed, dont_filter=True,
                                 meta=meta | FREE,
                                 cb_kwargs={"path": path})
        yield scrapy.Request("http://none.gov.cn/", self.parse, errback=self.failed, cb_kwargs={"path": "none"})

    def parse(self, response, path):
        seen = response.meta["seen"]
        print(json.dumps({"path": path, "kind": type(response).__name__, "status": response.status,
                          "size": len(response.body), "address": seen["address"], "dataloss": seen["dataloss"],
                          "truncated": seen["truncated"], "latency": response.meta["download_latency"],
                          "packed": "Content-Encoding" in response.headers,
                          "location": response.headers.get("Location", b"").hex()}))

    def failed(self, failure):
        error = failure.value
        print(json.dumps({"path": failure.request.cb_kwargs["path"], "kind": type(error).__name__,
                          "reason": getattr(error, "reason", "")}))


from crawler.probes.dns import Resolver

class Starts:
    @classmethod
    def from_crawler(cls, crawler):
        crawler.resolver = Resolver([("127.0.0.1", 9)])
        return cls()

process = CrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": "crawler.downloader.SeeingHandler", "https": "crawler.downloader.SeeingHandler"},
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "ERROR", "RETRY_ENABLED": False,
    "ROBOTSTXT_OBEY": False, "EXTENSIONS": {Starts: 0}, "COOKIES_ENABLED": False,
})
process.crawl(Look)
process.start()
"""


def test_responses_and_failures_reach_the_spider(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = tmp_path / "look.py"
    script.write_text(textwrap.dedent(_SCRIPT))
    done = subprocess.run(
        [sys.executable, str(script)], cwd=root, env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    seen = {line["path"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert len(seen) == 9, done.stdout + done.stderr
    assert seen["/"]["kind"] == "HtmlResponse"
    assert seen["/"]["address"] == "127.0.0.1"
    assert seen["/"]["latency"] < 5
    assert (seen["/gzip"]["size"], seen["/gzip"]["packed"]) == (6000, False)
    assert (seen["/location"]["status"], seen["/location"]["location"]) == (302, "2fd6d0ff")
    assert seen["/short"]["dataloss"]
    assert seen["/nothing"]["status"] == 204
    assert seen["/huge/a.zip"]["truncated"]
    assert seen["/huge/a.zip"]["kind"] == "Response"
    failures = {path: line["reason"] for path, line in seen.items() if line["kind"] == "SeeingError"}
    assert failures == {"/reset": "connect-reset", "/in": "intranet-address", "none": "dns-nxdomain"}


def test_headers_are_what_scrapy_makes_of_them() -> None:
    sent = [(b"set-cookie", b"a=1"), (b"SET-COOKIE", b"b=2"), (b"x-odd_NAME", b""), (b"Location", b"/\xd6\xd0")]
    packed = [(b"content-encoding", b"gzip"), (b"TRANSFER-Encoding", b"chunked")]
    assert headers_of(Fetched("http://www.a.gov.cn/", 200, sent + packed)) == Headers(sent)
