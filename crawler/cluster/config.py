"""Settings of the cluster: Scrapy's, with those of a machine from its environment, and what goes with a round."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import SETTINGS_PRIORITIES, Settings
from scrapy.utils.project import get_project_settings

from crawler.cluster.order import WALK_SETTINGS
from crawler.facts.engines import parsed_url, without_password
from crawler.rounds import BadArgument, Plan

OF_MACHINE = (  # what a worker's environment says: where store and queue are, and what beat does when
    "DATABASE_URL", "CLUSTER_URL", "OUTPUT_DIR", "LOG_LEVEL",
    "CLUSTER_ROUND", "CLUSTER_RECHECK", "CLUSTER_AVAILABILITY", "CLUSTER_INVENTORY",
)  # fmt: skip
BROKERS = ("redis", "rediss", "amqp", "amqps")
HANDLER = "crawler.cluster.spider.LeasedHandler"


def cluster_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The project's settings with those of this machine."""
    settings = get_project_settings()
    for name in (*OF_MACHINE, "SLICE_SECONDS", "LEASE_SECONDS"):
        if environment.get(name):
            settings.set(name, environment[name], priority="cmdline")
    return settings


def with_order(settings: Settings, given: Mapping[str, Any]) -> Settings:
    """Settings of a process that walks a slice: those of the round stand above the machine's."""
    for name, value in given.items():
        if name in WALK_SETTINGS:
            settings.set(name, value, priority="cmdline")
    settings.set("DOWNLOAD_HANDLERS", {"http": HANDLER, "https": HANDLER}, priority="cmdline")
    return settings


def given_settings(settings: Any, plan: Plan) -> dict[str, Any]:
    """What of the settings goes with the messages of a round: all that differs from the project's."""
    above = SETTINGS_PRIORITIES["project"]
    given = {name: settings[name] for name in WALK_SETTINGS if (settings.getpriority(name) or 0) > above}
    given["RECHECK_DELAY"] = plan.recheck_delay
    if plan.servers:
        given["DNS_SERVERS"] = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
                                        for host, port in plan.servers)  # fmt: skip
    return given


def seconds(settings: Any, name: str, low: float, high: float) -> float:
    """A setting in seconds; BadArgument outside of its bounds."""
    try:
        value = float(settings[name])
    except (TypeError, ValueError):
        value = -1.0
    if not low <= value <= high:
        raise BadArgument(f"设置 {name}={settings[name]} 应为 {low:g} 至 {high:g} 之间的秒数。")
    return value


def check(settings: Any) -> None:
    """Refuse what cannot be a cluster before anything is started (BadArgument)."""
    url = str(settings["CLUSTER_URL"] or "")
    if urlsplit(url).scheme not in BROKERS:
        raise BadArgument(
            f"设置 CLUSTER_URL={without_password(url)} 不是消息队列的地址。"
            "写法如 redis://主机:6379/0 或 amqp://用户:密码@主机//。"
        )
    database = str(settings["DATABASE_URL"])
    if parsed_url(database).get_backend_name() == "sqlite":
        raise BadArgument(
            f"集群的各台机器要写同一个数据库，SQLite（{without_password(database)}）只能由一台机器使用。"
            "请用 -s DATABASE_URL=postgresql://用户:密码@主机/库名；只有一台机器时不必用集群，"
            "去掉 CLUSTER_URL，用 -s PROCESSES=auto 即可用满各个核。"
        )
    seconds(settings, "SLICE_SECONDS", 1, 3600)
    seconds(settings, "LEASE_SECONDS", 1, 600)
