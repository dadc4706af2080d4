"""Getting an availability watch ready: arguments, inventory, store and controls, checked before anything is sent."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from crawler.facts.store import store_of
from crawler.inventory import Inventory, Site, default_inventory, load_inventory
from crawler.probes.control import DEFAULT_CONTROLS
from crawler.probes.every import SpanError, parse_span
from crawler.probes.servers import Server
from crawler.rounds import (
    BadArgument,
    CannotRun,
    choose_sites,
    parse_controls,
    parse_servers_setting,
)

ARGUMENTS = frozenset({"inventory", "sites", "place", "every", "times", "round", "as_of"})


@dataclass(slots=True)
class Watch:
    """A watch that can begin. `every` in seconds, None: once; `times` bounds the repetitions."""

    inventory: Inventory
    sites: list[Site]
    engine: Engine
    servers: list[Server] | None
    place: str
    every: float | None
    times: int | None
    controls: list[str]
    controls_set: bool
    at_once: int
    per_second: float
    city: Any = None

    def close(self) -> None:
        """End the staging city, if this watch started one, and the store."""
        self.engine.dispose()
        if self.city is not None:
            self.city.stop()
            self.city = None


def prepare_watch(arguments: Mapping[str, str | None], settings: Mapping[str, Any], root: Path) -> Watch:
    """A watch from the spider's arguments and the settings.

    Raises BadArgument, BadInput (exit status 2), StoreError or CannotRun (1), each with a Chinese message.
    """
    unknown = sorted(set(arguments) - ARGUMENTS)
    if unknown:
        raise BadArgument(f"不认识的参数：{'、'.join(unknown)}。可用的参数有：{'、'.join(sorted(ARGUMENTS))}。")
    every, times = _repetition(arguments)
    controls = parse_controls(settings.get("CONTROL_ADDRESSES"))
    place = (arguments.get("place") or "").strip()
    if len(place) > 64:
        raise BadArgument("参数 place 过长，请用64个字以内的监测点名称，如 place=电信。")
    servers = parse_servers_setting(settings.get("DNS_SERVERS"))
    path = Path(str(arguments["inventory"])) if arguments.get("inventory") else default_inventory(root)
    city: Any = None
    if path is None:
        city = _start_city()
        path = Path(city.inventory)
    try:
        inventory = load_inventory(path)
        sites = choose_sites(inventory, arguments.get("sites"))
        engine = store_of(settings)
        if city is not None:
            servers = parse_servers_setting(city.dns_servers)
    except BaseException:
        if city is not None:
            city.stop()
        raise
    return Watch(
        inventory, sites, engine, servers, place, every, times,
        controls if controls is not None else list(DEFAULT_CONTROLS), controls is not None,
        _number(settings, "PROBE_CONCURRENCY", 32), float(_number(settings, "PROBES_PER_SECOND", 20)), city,
    )  # fmt: skip


def _repetition(arguments: Mapping[str, str | None]) -> tuple[float | None, int | None]:
    text, times = arguments.get("every"), arguments.get("times")
    try:
        every = parse_span(text) if text else None
    except SpanError as error:
        raise BadArgument(str(error)) from error
    if times is not None and not (times.isascii() and times.isdigit() and int(times) > 0):
        raise BadArgument(f"参数 times={times} 不是次数。写法如 times=96。")
    return every, int(times) if times else None


def _number(settings: Mapping[str, Any], name: str, default: int) -> int:
    value = settings.get(name)
    try:
        number = default if value in (None, "") else int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 1000:
        raise BadArgument(f"设置 {name}={value} 应为1至1000的整数。")
    return number


def _start_city() -> Any:
    try:
        process = importlib.import_module("tests.staging.process")
    except ImportError as error:
        raise BadArgument("没有清单：请用 -a inventory=清单.yaml 指定，或在项目目录放置 inventory.yaml。") from error
    try:
        return process.start_city(datetime.now(UTC), out_dir=Path(tempfile.mkdtemp(prefix="xuncha-staging-")))
    except (OSError, RuntimeError) as error:
        raise CannotRun(f"演示城市无法启动：{error}") from error
