"""A PostgreSQL server of our own for tests: in a folder of its own, on a Unix socket only, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from pwd import getpwnam
from types import TracebackType

import psycopg

WATCH = """
while [ -d "$0" ] && kill -0 "$1" 2>/dev/null; do sleep 2; done
[ ! -f "$0/data/postmaster.pid" ] || kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"
sleep 1
rm -rf "$0"
"""
FOLDERS = ("/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/postgresql")


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if _programs() is None:
        return "PostgreSQL 服务程序未安装（Debian 包 postgresql）：PostgreSQL 部分未测试"
    if os.geteuid() == 0 and (_user() is None or shutil.which("setpriv") is None):
        return "PostgreSQL 不以 root 运行，而本机没有 postgres 用户或 setpriv：PostgreSQL 部分未测试"
    return ""


def _programs() -> Path | None:
    """Folder of initdb and pg_ctl, the newest version first."""
    found = [path.parent for folder in FOLDERS for path in Path(folder).glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    newest = sorted(found, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()])
    return newest[-1] if newest else Path(on_path).parent if on_path else None


def _user() -> tuple[int, int] | None:
    try:
        entry = getpwnam("postgres")
    except KeyError:
        return None
    return entry.pw_uid, entry.pw_gid


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


class Cluster:
    """One server. It sorts Chinese by ICU where that is built in, so that our sorting by bytes is put to the test."""

    def __init__(self) -> None:
        programs = _programs()
        assert programs is not None, why_not()
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = self.folder / "data"
        self._names = count(1)
        if os.geteuid() == 0:
            user = _user()
            assert user is not None
            os.chown(self.folder, *user)
        self._watch()
        common = ("-D", str(self._data), "-U", "xuncha", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        chinese = ("--locale-provider=icu", "--icu-locale=zh-CN")
        if self._run("initdb", *common, *chinese).returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            made = self._run("initdb", *common)
            assert made.returncode == 0, made.stdout

    def _watch(self) -> None:
        """End the server when the tests are killed, too."""
        subprocess.Popen(
            ["sh", "-c", WATCH, str(self.folder), str(os.getpid())],
            cwd="/", start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
        started = self._run(
            "pg_ctl", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )
        assert started.returncode == 0, started.stdout + (self.folder / "log").read_text("utf-8", "replace")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` ends sessions, `immediate` is a crash."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def database(self, template: str = "") -> str:
        """A new empty database, or a copy of the one at the URL `template`, as DATABASE_URL has it."""
        name = f"facts{next(self._names)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name} TEMPLATE {_name(template) if template else 'template0'}".encode())
        return f"postgresql+psycopg://xuncha@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        """Remove a database that nobody is connected to; another one goes with the server."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as db:
            used = db.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", (_name(url),)).fetchone()
            if used is None:
                db.execute(f"DROP DATABASE IF EXISTS {_name(url)}".encode())

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} user=xuncha dbname={name}"

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """One of the server's programs, never as root."""
        before: Sequence[str] = ()
        if os.geteuid() == 0:
            user = _user()
            assert user is not None
            before = ("setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups")
        log = self.folder / f"{program}.out"  # a server that was started would keep a pipe open
        with log.open("w+", encoding="utf-8") as out:
            ended = subprocess.run(
                [*before, str(self._programs / program), *words],
                cwd=self.folder, stdout=out, stderr=subprocess.STDOUT, timeout=90, check=False, text=True,
            )  # fmt: skip
        return subprocess.CompletedProcess(ended.args, ended.returncode, log.read_text("utf-8", "replace"), "")

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
