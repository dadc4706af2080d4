"""Message queues of our own for tests, Redis and RabbitMQ: on loopback, in a folder of their own, gone afterwards."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # /usr/sbin has a wrapper that insists on the system's folders
WATCH = """
while [ -d "$0" ] && kill -0 "$1" 2>/dev/null; do sleep 2; done
for file in "$0"/*.pid; do [ ! -f "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null; done
sleep 1
rm -rf "$0"
"""
CONFIG = """\
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 10MB
"""


class Broker(Protocol):
    """A message queue on this machine; `url` is its CLUSTER_URL."""

    url: str

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it; it may be killed and started again."""
        ...

    def close(self) -> None:
        """End what it left."""
        ...


def why_no_redis() -> str:
    """Why no Redis can be started here; empty when one can."""
    return "" if shutil.which("redis-server") else "redis-server 未安装（Debian 包 redis-server）：集群的断电测试未做"


def why_no_rabbit() -> str:
    """Why no RabbitMQ can be started here; empty when one can."""
    if RABBIT.exists() and shutil.which("epmd"):
        return ""
    return "RabbitMQ 未安装（Debian 包 rabbitmq-server）：集群在 RabbitMQ 上未测试"


def free_port() -> int:
    """A port that is free now, and that no outgoing connection is given."""
    while True:
        port = random.randint(20000, 32000)
        with suppress(OSError), socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
            return port


class Redis:
    """Redis that keeps nothing: killed, it has forgotten its messages."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it."""
        words = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(log.parent)]
        with log.open("ab") as out:
            return subprocess.Popen([*words, "--save", ""], stdout=out, stderr=out)

    def close(self) -> None:
        """Nothing is left."""


class Rabbit:
    """RabbitMQ with a node name, ports, cookie and port mapper of its own, as whichever user the tests run.

    After `consumer_timeout` seconds it takes back a message that nobody acknowledged, as it does after half an hour
    otherwise.
    """

    def __init__(self, consumer_timeout: int = 1800) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rabbit-"))
        self._port, node, mapper = (free_port() for _ in range(3))
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        (self.folder / "rabbitmq.conf").write_text(CONFIG, "utf-8")
        (self.folder / "plugins").write_text("[].\n", "utf-8")
        times = f"{{consumer_timeout, {consumer_timeout * 1000}}}, {{channel_tick_interval, 1000}}"
        (self.folder / "advanced.config").write_text(f"[{{rabbit, [{times}]}}].\n", "utf-8")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")} | {
            "HOME": str(self.folder), "ERL_EPMD_PORT": str(mapper), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_NODENAME": f"xuncha{self._port}@127.0.0.1", "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "db"), "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "node"), "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port), "RABBITMQ_DIST_PORT": str(node),
            "RABBITMQ_ALLOW_INPUT": "1",  # the script becomes the server, so that a signal reaches it
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        }  # fmt: skip
        subprocess.Popen(  # ends both when the tests are killed, too
            ["sh", "-c", WATCH, str(self.folder), str(os.getpid())], cwd="/", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        # started by the server, the port mapper would be a daemon that outlives it
        self._mapper = self._run("epmd", [str(shutil.which("epmd")), "-port", str(mapper)], self.folder / "epmd.log")

    def _run(self, name: str, words: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            process = subprocess.Popen(
                words, cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        (self.folder / f"{name}.pid").write_text(str(process.pid))
        return process

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it; it answers some seconds later. What was confirmed before it was killed is still there."""
        return self._run("server", [str(RABBIT)], log)

    def wait(self, seconds: float = 120) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 5) as one:
                one.sendall(b"AMQP\x00\x00\x09\x01")
                if one.recv(8):
                    return
            time.sleep(0.2)
        raise AssertionError("".join(path.read_text("utf-8", "replace") for path in (self.folder / "log").glob("*")))

    def close(self) -> None:
        """End the port mapper, once the server is gone, and remove the folder."""
        self._mapper.kill()
        self._mapper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


BROKERS: dict[str, tuple[Callable[[], Broker], Callable[[], str]]] = {  # how each is made, and why not
    "rabbitmq": (Rabbit, why_no_rabbit),
    "redis": (Redis, why_no_redis),
}
