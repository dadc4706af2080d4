"""Bad input and bad surroundings, as a person meets them: a clear message, the promised status, nothing half-written.

Every case is a `scrapy crawl gov_sites` of its own. Exit status: 0 done, 1 could not be done, 2 bad input (contract 1).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.minisite import MiniSite, inventory, serve, silence

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
AS_OF = ("-a", "round=2026-11", "-a", "as_of=2026-11-20T10:00+08:00")
SECONDS = 120


class Desk:
    """A folder to work in: its inventory, store and output, and the command."""

    def __init__(self, folder: Path) -> None:
        self.inventory = folder / "inventory.yaml"
        self.database = folder / "data" / "x.db"
        self.output = folder / "output"

    def command(self, *arguments: str, name: str = "crawl") -> list[str]:
        settings = (f"DATABASE_URL=sqlite:///{self.database}", f"OUTPUT_DIR={self.output}", "RECHECK_DELAY=0")
        words = [sys.executable, "-m", "scrapy", name]
        if name == "crawl":
            words += ["gov_sites", "-a", f"inventory={self.inventory}", *AS_OF]
        return words + [word for setting in settings for word in ("-s", setting)] + list(arguments)

    def run(
        self, *arguments: str, name: str = "crawl", before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments, name=name),
            cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, preexec_fn=before, check=False,
        )  # fmt: skip

    def documents(self) -> dict[str, bytes]:
        files = (path for path in self.output.rglob("*") if path.is_file()) if self.output.is_dir() else ()
        return {str(path.relative_to(self.output)): path.read_bytes() for path in files}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def site() -> Iterator[MiniSite]:
    with serve() as running:
        yield running


def refused(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """The run ended with that status and said these words, without a traceback."""
    assert done.returncode == status, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


# -- the inventory ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("city: 云岭市", "city：云岭市", ["第1行", "全角冒号"]),
        ("units:", "units: [", ["没有成对"]),
        ("issuer:", "isuer:", ["第3行", "不认识的字段“isuer”", "“issuer”", "缺少必填字段"]),
        ("sites:\n", "sites:\n  - {id: s1, name: 又一个, unit: jyj, url: 'http://a.cn/'}\n", ["第8行", "“s1”重复"]),
        ("unit: jyj, url", "columns: [{id: a, name: 甲, url: /a, unit: no}], unit: jyj, url", ["第7行", "“no”的单位"]),
    ],
    ids=["broken-yaml", "open-bracket", "unknown-field", "two-sites-one-id", "unknown-unit"],
)
def test_bad_inventory(desk: Desk, site: MiniSite, old: str, new: str, words: list[str]) -> None:
    text = inventory(site.url)
    assert old in text
    desk.inventory.write_text(text.replace(old, new), encoding="utf-8")
    refused(desk.run(), 2, str(desk.inventory), "改法", *words)
    assert site.asked == []
    assert desk.documents() == {}
    assert not desk.database.exists()


def test_missing_inventory(desk: Desk) -> None:
    refused(desk.run(), 2, str(desk.inventory), "文件不存在")
    assert desk.documents() == {}


# -- arguments and settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-a", "as_of=昨天"], ["as_of=昨天", "2026-11-20T10:00+08:00"]),
        (["-a", "as_of=2026-02-30"], ["as_of=2026-02-30"]),
        (["-a", "round=2026年11月"], ["round=2026年11月", "2026-11"]),
        (["-a", "round=../x"], ["round=../x"]),
        (["-a", "sites=s1,nowhere"], ["nowhere", "s1"]),
        (["-a", "site=s1"], ["site", "sites"]),
        (["-s", "RECHECK_DELAY=soon"], ["RECHECK_DELAY=soon"]),
        (["-s", "DNS_SERVERS=127.0.0.1:99999"], ["DNS_SERVERS", "127.0.0.1:99999"]),
        (["-s", "RULES_PROFILE=nosuch"], ["nosuch"]),
    ],
    ids=lambda value: value[1] if len(value) == 2 and value[0].startswith("-") else "",
)
def test_bad_argument(desk: Desk, site: MiniSite, arguments: list[str], words: list[str]) -> None:
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    refused(desk.run(*arguments), 2, *words)
    assert site.asked == []
    assert desk.documents() == {}


RULE = """\
id: X1-banner
name: 首页横幅
document: 本市办法
clause: 第三条
applies_to: [portal, department]
level: advice
category: 其他
check: page_match
params: {pages: home, css: .banner, at_least: 1}
message: 首页没有横幅
"""


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"X1-banner.yaml": "nonsense: [\n"}, ["X1-banner.yaml"]),
        (
            {"X1-banner.yaml": RULE.replace("page_match", "page_macth")},
            ["X1-banner.yaml", "第8行 check", "没有名为“page_macth”的检查", "是否为“page_match”"],
        ),
        (
            {"X1-banner.yaml": RULE.replace("at_least: 1", "at_least: 0")},
            ["X1-banner.yaml", "第9行 params.at_least", "小于下限"],
        ),
        (
            {"X1-banner.yaml": RULE, "X1-second.yaml": RULE},
            ["X1-second.yaml", "第1行 id", "指标编号 X1-banner 重复", "X1-banner.yaml 已用", "换一个编号"],
        ),
    ],
    ids=["broken-yaml", "unknown-check", "out-of-range", "two-rules-one-id"],
)
@pytest.mark.parametrize("name", ["crawl", "judge"])
def test_bad_rule_file(
    desk: Desk, site: MiniSite, tmp_path: Path, files: dict[str, str], words: list[str], name: str
) -> None:
    profile = tmp_path / "own.yaml"
    profile.write_text("name: own\ntitle: 本市\nextends: monthly\nfolders: [rules]\n", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    for file, text in files.items():
        (tmp_path / "rules" / file).write_text(text, encoding="utf-8")
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    refused(desk.run("-s", f"RULES_PROFILE={profile}", name=name), 2, "改法", *words)
    assert site.asked == []
    assert desk.documents() == {}
    assert not desk.database.exists()


def test_bad_profile(desk: Desk, site: MiniSite, tmp_path: Path) -> None:
    profile = tmp_path / "own.yaml"
    profile.write_text(
        "name: own\ntitle: 本市\nextends: monthly\noverrides:\n  V4.3: {params: {at_least: 0}}\n", encoding="utf-8"
    )
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    done = desk.run("-s", f"RULES_PROFILE={profile}")
    refused(done, 2, str(profile), "第5行 overrides.V4.3", "小于下限", "改法")
    assert site.asked == []
    assert desk.documents() == {}
    assert not desk.database.exists()


# -- surroundings -------------------------------------------------------------------------------------------------


def test_unreachable_name_server(desk: Desk, site: MiniSite) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        server = f"127.0.0.1:{closed.getsockname()[1]}"
    desk.inventory.write_text(inventory("http://www.yunling.gov.cn/"), encoding="utf-8")
    refused(desk.run("-s", f"DNS_SERVERS={server}"), 1, server, "DNS_SERVERS")
    assert desk.documents() == {}


def test_unwritable_output(desk: Desk, site: MiniSite) -> None:
    desk.output.write_text("a file where the folder should be")
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    refused(desk.run(), 1, str(desk.output), "OUTPUT_DIR")
    assert site.asked == []
    assert desk.output.read_text() == "a file where the folder should be"


@pytest.mark.parametrize("url", ["sqlite:////dev/null/x.db", "nonsense", "nosuch+driver://h/x"])
def test_unusable_database(desk: Desk, site: MiniSite, url: str) -> None:
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    refused(desk.run("-s", f"DATABASE_URL={url}"), 1, url)
    assert site.asked == []


def test_a_database_that_is_none_stays_as_it_was(desk: Desk, site: MiniSite) -> None:
    desk.database.parent.mkdir()
    desk.database.write_bytes(b"somebody's letter " * 100)
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    refused(desk.run(), 1, str(desk.database))
    assert site.asked == []
    assert desk.database.read_bytes() == b"somebody's letter " * 100


def limit_files(size: int) -> Callable[[], None]:
    """No file of the child may grow beyond `size` bytes: what a full disk does, without one."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.skipif(resource is None, reason="这台机器不能限制文件大小（RLIMIT_FSIZE），磁盘写满的情形未测")
@pytest.mark.parametrize(("delay", "midway"), [(0.02, True), (0.0, False)], ids=["midway", "at-the-end"])
def test_full_disk_while_storing(desk: Desk, delay: float, midway: bool) -> None:
    with serve(pages=400, delay=delay) as site:
        desk.inventory.write_text(inventory(site.url), encoding="utf-8")
        refused(desk.run(before=limit_files(350_000)), 1, "数据库")
        assert len(site.asked) > 1
        assert len(site.asked) < 400 or not midway
        assert desk.documents() == {}
        after = desk.run()
    assert after.returncode == 0, after.stderr[-3000:]
    findings = json.loads(desk.documents()["2026-11/findings.json"])
    assert findings["coverage"]["pages"] == 401


@pytest.mark.skipif(resource is None, reason="这台机器不能限制文件大小（RLIMIT_FSIZE），磁盘写满的情形未测")
def test_full_disk_while_writing_leaves_the_good_documents(desk: Desk, site: MiniSite) -> None:
    desk.inventory.write_text(inventory(site.url), encoding="utf-8")
    first = desk.run()
    assert first.returncode == 0, first.stderr[-3000:]
    good = desk.documents()
    assert {Path(name).suffix for name in good} >= {".json", ".docx", ".xlsx", ".html"}
    refused(desk.run("-a", "as_of=2026-11-21T10:00+08:00", before=limit_files(400)), 1)
    assert desk.documents() == good


def test_one_home_page_never_answers(desk: Desk, site: MiniSite) -> None:
    with silence() as silent:
        desk.inventory.write_text(inventory(site.url, silent), encoding="utf-8")
        done = desk.run("-s", "DOWNLOAD_TIMEOUT=2")
    assert done.returncode == 0, done.stderr[-3000:]
    verdicts = {v["id"]: v for v in json.loads(desk.documents()["2026-11/findings.json"])["sites"]}
    assert verdicts["s1"]["pages"] == 4
    assert verdicts["s2"]["pages"] == 0
    assert verdicts["s2"]["verdict"] == "待人工复核"


def test_no_home_page_ever_answers(desk: Desk) -> None:
    with silence() as silent:
        desk.inventory.write_text(inventory(silent), encoding="utf-8")
        start = time.monotonic()
        done = desk.run("-s", "DOWNLOAD_TIMEOUT=2")
    refused(done, 1, silent, "超时")
    assert time.monotonic() - start < 60
    assert desk.documents() == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows 上不能向子进程单独发送 Ctrl-C，中断后继续的情形未测")
def test_ctrl_c_keeps_what_was_seen(desk: Desk) -> None:
    with serve(pages=60, delay=0.1) as site:
        desk.inventory.write_text(inventory(site.url), encoding="utf-8")
        process = subprocess.Popen(desk.command(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while len(site.asked) < 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1, errors[-3000:]
        assert "再次执行同一命令" in errors
        seen = len([path for path in site.asked if path.endswith("html")])
        assert 0 < seen < 60
        assert desk.documents() == {}
        done = desk.run()
        assert done.returncode == 0, done.stderr[-3000:]
        assert (
            len([path for path in site.asked if path.endswith("html")]) <= 60 + 2
        )  # what was in flight is asked again
    assert json.loads(desk.documents()["2026-11/findings.json"])["coverage"]["pages"] == 61
