"""The Celery application: `celery -A crawler.cluster.app worker -P threads -c 8 -Q walk`.

Its machine says in the environment where queue and store are (CLUSTER_URL, DATABASE_URL; `deploy/cluster.env`). A
message is believed only after it was worked on (late acknowledgement), so a worker that dies gives it back: RabbitMQ at
once, Redis after the visibility timeout, and RabbitMQ also one that is worked on for longer than its consumer_timeout
(30 minutes): the lease turns it away. What a queue lost nevertheless the store knows, and the dispatcher sends again.
Threads are enough: each only waits for the process that walks its slice.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_shutting_down
from kombu import Queue
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as QueueError
from sqlalchemy.exc import SQLAlchemyError

from crawler.cluster.config import cluster_settings
from crawler.cluster.jobs import MOST_WAIT
from crawler.cluster.work import Worker
from crawler.facts.store import open_store

WALK, OFFICE = "walk", "office"  # slices of jobs; whole commands, at the machine that keeps inventory and documents
SLICE, COMMAND = "xuncha.slice", "xuncha.command"
COMMANDS = {  # all that a message may start
    "round": ("crawl", "gov_sites"),
    "recheck": ("crawl", "gov_sites", "-a", "recheck=true"),
    "availability": ("crawl", "availability"),
}
CONFIRM = 30.0  # seconds in which RabbitMQ must have stored a message; one that is out of memory takes none
AWAY = (QueueError, KombuError, OSError)  # what sending and counting raise while the queue cannot be reached
log = logging.getLogger(__name__)


def configure(app: Celery, settings: Any) -> Celery:
    """Set the application up from CLUSTER_URL and SLICE_SECONDS and the times of beat."""
    patience = 2 * int(float(settings["SLICE_SECONDS"])) + int(MOST_WAIT)
    app.conf.update(
        broker_url=str(settings["CLUSTER_URL"]),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a broker that is away is waited for
        broker_channel_error_retry=True,  # a worker whose message RabbitMQ took back connects anew instead of dying
        broker_transport_options=transport_options(str(settings["CLUSTER_URL"]), patience),
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # a slice walks on; its lease keeps others out
        task_default_queue=WALK,
        task_queues=(Queue(WALK), Queue(OFFICE)),
        timezone="Asia/Shanghai",
        beat_schedule=schedule(settings),
    )  # fmt: skip
    return app


def transport_options(url: str, patience: int) -> dict[str, Any]:
    """What the broker at `url` is to be asked for; `patience` in seconds, for what nobody acknowledges."""
    if urlsplit(url).scheme.startswith("amqp"):
        return {"confirm_publish": True}  # else what is sent into a connection that is gone is lost without a word
    return {
        "visibility_timeout": patience, "socket_keepalive": True, "health_check_interval": 10, "retry_on_timeout": True,
    }  # fmt: skip


def schedule(settings: Any) -> dict[str, dict[str, Any]]:
    """What beat starts, by CLUSTER_ROUND, CLUSTER_RECHECK and CLUSTER_AVAILABILITY (five fields of cron)."""
    found = {}
    for name in COMMANDS:
        times = str(settings.get(f"CLUSTER_{name.upper()}") or "").split()
        if len(times) == 5:
            found[name] = {
                "task": COMMAND, "args": (name,), "options": {"queue": OFFICE, "expires": 600},
                "schedule": crontab.from_string(" ".join(times)),
            }  # fmt: skip
        elif times:
            raise ValueError(f"设置 CLUSTER_{name.upper()}={' '.join(times)} 不是五段的 cron 时间，如 0 2 5 * *")
    return found


app = configure(Celery("xuncha"), cluster_settings())


@lru_cache(maxsize=1)
def _worker() -> Worker:
    settings = cluster_settings()
    engine = open_store(str(settings["DATABASE_URL"]))
    return Worker(engine, send, float(settings["LEASE_SECONDS"]), float(settings["SLICE_SECONDS"]))


def send(run: int, job: str, settings: Mapping[str, Any], delay: float = 0.0) -> None:
    """Put a message for a job into the queue. Raises kombu's OperationalError when the queue cannot be reached."""
    app.send_task(
        SLICE, (run, job, dict(settings)), queue=WALK, countdown=delay or None, retry=True,
        confirm_timeout=CONFIRM,
        retry_policy={"max_retries": 3, "interval_start": 0, "interval_step": 0.5, "interval_max": 1},
    )  # fmt: skip


def queue_length() -> int:
    """Messages that no worker has taken yet."""
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, timeout=5)
        with connection.channel() as channel:
            queue: Any = Queue(WALK, channel=channel)
            return int(queue.queue_declare().message_count)


def walk_slice(run: int, job: str, settings: dict[str, Any]) -> None:
    """Walk a slice of a job. A database that is away is waited for."""
    _worker().work(run, job, settings)


def run_command(name: str) -> int:
    """A whole command, as beat orders it; taken from the queue at once, since it may last for days."""
    settings = cluster_settings()
    words = [sys.executable, "-m", "scrapy", *COMMANDS[name], "-s", f"DATABASE_URL={settings['DATABASE_URL']}"]
    words += ["-s", f"OUTPUT_DIR={settings['OUTPUT_DIR']}"]
    if name != "availability":
        words += ["-s", f"CLUSTER_URL={settings['CLUSTER_URL']}"]
    if settings["CLUSTER_INVENTORY"] and name != "recheck":
        words += ["-a", f"inventory={settings['CLUSTER_INVENTORY']}"]
    return subprocess.run(words, check=False).returncode


def _end(**_: Any) -> None:
    """Slices under way end in good order, and what is left of them goes back into the queue."""
    if _worker.cache_info().currsize:
        _worker().children.end()


_patience = {"autoretry_for": (SQLAlchemyError,), "retry_backoff": 5, "retry_backoff_max": 60, "max_retries": 20}
app.task(name=SLICE, **_patience)(walk_slice)
app.task(name=COMMAND, acks_late=False)(run_command)
worker_shutting_down.connect(_end, weak=False)
