"""Getting a round ready: arguments, inventory, store and staging city, all checked before any request is sent."""

from __future__ import annotations

import hashlib
import importlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import Engine

from crawler.facts.store import Run, latest_round, latest_run, now, reopen_run, start_run, store_of
from crawler.inventory import Inventory, Site, default_inventory, load_inventory
from crawler.probes.control import DEFAULT_CONTROLS as DEFAULT_CONTROLS
from crawler.probes.dnssec import parse_anchors
from crawler.probes.servers import parse_dns_servers

CHINA = timezone(timedelta(hours=8), "CST")
ROUND_NAME = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?(?:-[A-Za-z0-9]{1,12})?")


class BadArgument(Exception):
    """An argument or setting that cannot be used (exit status 2); the message is Chinese and says the remedy."""


class CannotRun(Exception):
    """The round cannot be done here and now (exit status 1); the message is Chinese and says why."""


def tool_version() -> str:
    """Name and version that stand in every document."""
    try:
        return f"xuncha {version('xuncha')}"
    except PackageNotFoundError:
        return "xuncha (未安装)"


@dataclass(slots=True)
class Plan:
    """A round that can begin."""

    run: Run
    resumed: bool
    inventory: Inventory
    sites: list[Site]
    engine: Engine
    recheck_delay: float
    servers: list[tuple[str, int]] | None
    controls: list[str] | None = None  # CONTROL_ADDRESSES; None: not set
    city: Any = None  # the bundled staging city's process, ended by `close`
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        """End the staging city, if this round started one."""
        if self.city is not None:
            self.city.stop()
            self.city = None


def parse_as_of(text: str | None) -> datetime | None:
    """The `as_of` argument as an aware datetime; without offset it is China time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadArgument(f"参数 as_of={text} 不是时间。写法如 as_of=2026-11-20T10:00+08:00 或 2026-11-20。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def parse_round(text: str | None, as_of: datetime | None) -> str:
    """The `round` argument, by default the month of the as-of (now)."""
    name = (text or "").strip() or (as_of or now()).astimezone(CHINA).strftime("%Y-%m")
    if not ROUND_NAME.fullmatch(name):
        raise BadArgument(f"参数 round={name} 不是轮次名称。写法如 round=2026-11、2026-Q4、2026-H2 或 2026。")
    return name


def choose_sites(inventory: Inventory, text: str | None) -> list[Site]:
    """The `sites` argument: ids parted by commas; all sites when empty."""
    wanted = [part.strip() for part in (text or "").split(",") if part.strip()]
    known = {site.id: site for site in inventory.sites}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadArgument(
            f"参数 sites 中没有这些站点：{'、'.join(unknown)}。清单中的站点编号有：{'、'.join(list(known)[:30])}。"
        )
    return [known[name] for name in dict.fromkeys(wanted)] or list(inventory.sites)


def parse_servers_setting(text: str | None) -> list[tuple[str, int]] | None:
    """The DNS_SERVERS setting."""
    try:
        return parse_dns_servers(text)
    except ValueError as error:
        raise BadArgument(str(error)) from error


def check_anchors(text: str | None) -> None:
    """The DNSSEC_ANCHORS setting, used by `crawler.extensions.anchors`."""
    try:
        parse_anchors(text)
    except ValueError as error:
        raise BadArgument(str(error)) from error


def parse_controls(text: Any) -> list[str] | None:
    """CONTROL_ADDRESSES: addresses that answer whenever our network is up; None when not set, [] for `none`."""
    if text in (None, ""):
        return None
    if str(text).strip().lower() == "none":
        return []
    urls = [part.strip() for part in str(text).split(",") if part.strip()]
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadArgument(
                f"设置 CONTROL_ADDRESSES 中“{url}”不是网址。写法如 http://www.gov.cn/,http://www.people.com.cn/"
            )
    return urls


def prepare(arguments: Mapping[str, str | None], settings: Mapping[str, Any], root: Path) -> Plan:
    """A plan from the spider's arguments and the settings, or a clear refusal."""
    as_of = parse_as_of(arguments.get("as_of"))
    name = parse_round(arguments.get("round"), as_of)
    servers = parse_servers_setting(settings.get("DNS_SERVERS"))
    delay = _recheck_delay(settings.get("RECHECK_DELAY"))
    controls = parse_controls(settings.get("CONTROL_ADDRESSES"))
    check_anchors(settings.get("DNSSEC_ANCHORS"))
    if (arguments.get("recheck") or "").strip().lower() in ("true", "1", "yes"):
        return replace(_prepare_recheck(arguments, settings, name, delay, servers), controls=controls)
    path = Path(str(arguments["inventory"])) if arguments.get("inventory") else default_inventory(root)
    if path is not None:
        inventory = load_inventory(path)
        sites = choose_sites(inventory, arguments.get("sites"))
        engine = store_of(settings)
        run, resumed = _run(engine, name, as_of, inventory, arguments, None)
        return Plan(run, resumed, inventory, sites, engine, 600.0 if delay is None else delay, servers, controls)
    return _prepare_staging(arguments, settings, name, as_of, delay)


def _prepare_staging(
    arguments: Mapping[str, str | None],
    settings: Mapping[str, Any],
    name: str,
    as_of: datetime | None,
    delay: float | None,
) -> Plan:
    """The bundled staging city, at the addresses an unfinished round was walked at."""
    process = _staging()
    engine = store_of(settings)
    old = latest_run(engine, name, states=("walking",))
    old = old if old and old.staging and as_of in (None, old.as_of) else None
    moment = old.as_of if old else (as_of or now().replace(microsecond=0))
    ports = old.staging if old and old.staging else {}
    folder = Path(tempfile.mkdtemp(prefix="xuncha-staging-"))
    try:
        city = process.start_city(moment, ports.get("http"), ports.get("dns"), out_dir=folder)
    except (OSError, RuntimeError) as error:
        raise CannotRun(f"演示城市无法启动：{error}") from error
    try:
        inventory = load_inventory(city.inventory)
        sites = choose_sites(inventory, arguments.get("sites"))
        staging = {"http": city.http_port, "dns": city.dns_port}
        run, resumed = _run(engine, name, moment, inventory, arguments, staging)
        servers = parse_servers_setting(city.dns_servers)
    except BaseException:
        city.stop()
        raise
    return Plan(run, resumed, inventory, sites, engine, 1.0 if delay is None else delay, servers, None, city)


def _prepare_recheck(
    arguments: Mapping[str, str | None],
    settings: Mapping[str, Any],
    name: str,
    delay: float | None,
    servers: list[tuple[str, int]] | None,
) -> Plan:
    """A finished round's suspect and dead addresses once more (contract 4): light enough for every day."""
    engine = store_of(settings)
    if not arguments.get("round"):
        name = latest_round(engine) or name
    run = latest_run(engine, name, states=("walked", "walking"))
    if run is None or (run.state == "walking" and not run.finished):
        raise CannotRun(
            f"轮次 {name} 没有完成的巡查，无可复查的链接。请先执行 scrapy crawl gov_sites -a round={name}。"
        )
    inventory = Inventory.model_validate_json(run.inventory)
    sites = choose_sites(inventory, run.sites)
    city = None
    if run.staging:
        process = _staging()
        folder = Path(tempfile.mkdtemp(prefix="xuncha-staging-"))
        city = process.start_city(run.as_of, run.staging["http"], run.staging["dns"], out_dir=folder)
        servers = parse_servers_setting(city.dns_servers)
    if run.state == "walked":
        reopen_run(engine, run.id)
    wait = (1.0 if city else 600.0) if delay is None else delay
    return Plan(run, True, inventory, sites, engine, wait, servers, None, city)


def _staging() -> Any:
    """The module that starts the bundled city."""
    try:
        return importlib.import_module("tests.staging.process")
    except ImportError as error:
        raise BadArgument("没有清单：请用 -a inventory=清单.yaml 指定，或在项目目录放置 inventory.yaml。") from error


def _recheck_delay(value: Any) -> float | None:
    if value in (None, ""):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError) as error:
        raise BadArgument(f"设置 RECHECK_DELAY={value} 不是秒数。写法如 -s RECHECK_DELAY=600。") from error
    if not 0 <= seconds <= 7 * 86400:
        raise BadArgument(f"设置 RECHECK_DELAY={value} 超出范围（0 至 604800 秒）。")
    return seconds


def _run(
    engine: Engine,
    name: str,
    as_of: datetime | None,
    inventory: Inventory,
    arguments: Mapping[str, str | None],
    staging: dict[str, int] | None,
) -> tuple[Run, bool]:
    """The unfinished run of this round when it fits, else a new one."""
    text = inventory.model_dump_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    sites = arguments.get("sites") or ""
    old = latest_run(engine, name, states=("walking",))
    if old and old.inventory_digest == digest and old.sites == sites and as_of in (None, old.as_of):
        return old, True
    moment = as_of or now().replace(microsecond=0)
    seed = int.from_bytes(hashlib.sha256(f"{name} {inventory.region_code}".encode()).digest()[:6], "big")
    run = start_run(
        engine, round=name, as_of=moment, inventory=text, inventory_digest=digest, sites=sites, seed=seed,
        tool=tool_version(), staging=staging, loopback=staging is not None,
    )  # fmt: skip
    return run, False
