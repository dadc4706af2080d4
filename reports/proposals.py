"""Columns found on the sites of a round, as YAML for a person to take over into the inventory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import yaml
from sqlalchemy.engine import Engine

from crawler.facts import REASONS, ColumnFact, Outcome
from crawler.facts.read import StoredRound, StoredSite
from crawler.facts.store import latest_round, latest_run
from crawler.inventory import BadInput, Column, Problem, Site
from reports.stored import NothingStored

_LISTS = ("list", "blank", "scripted-list")
_INDEX = re.compile(r"(?:index|list|default|node)\w*\.\w+$", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_HEAD = """\
# {round} 轮次在站点上发现、清单没有列出的栏目，供核对。监测时间点 {as_of:%Y-%m-%d %H:%M}。
# 核对名称、类型和责任单位后，把需要的行粘贴到清单中对应站点的 columns 下，再运行 scrapy inventory check。
# 行首有 # 的是静态页面、重复列表或未能读取的页面，一般不作栏目；确需列入的去掉行首的 #。
"""


def propose(engine: Engine, round_name: str = "", site_id: str = "") -> str:
    """YAML of the found columns, site by site. Raises NothingStored, BadInput for an unknown site."""
    name = round_name or latest_round(engine)
    run = latest_run(engine, name, states=("walked",)) if name else None
    if run is None:
        known = f"没有 {name} 轮次的巡查记录" if name else "数据库中还没有巡查过的轮次"
        raise NothingStored(f"{known}，请先执行 scrapy crawl gov_sites。")
    facts = StoredRound(engine, run)
    try:
        sites = [site for site in facts.sites() if not site_id or site.site.id == site_id]
        if not sites:
            known_sites = "、".join(site.site.id for site in facts.sites())
            problem = Problem("--site", None, "", f"{run.round} 轮次没有站点 {site_id}", f"可选：{known_sites}")
            raise BadInput([problem], label="参数")
        head = _HEAD.format(round=run.round, as_of=facts.as_of)
        return head + "sites:\n" + "".join(line + "\n" for site in sites for line in _site_lines(site))
    finally:
        facts.close()


def _site_lines(site: StoredSite) -> Iterator[str]:
    found = sorted(site.unnamed_columns, key=lambda fact: (not fact.column.top_level, list(fact.path), fact.url))
    taken = {column.id for column in site.site.columns}
    lines = [_line(site.site, fact, found, taken) for fact in found]
    usable = sum(not line.lstrip().startswith("#") for line in lines)
    yield f"  - id: {site.site.id}  # {_plain(site.site.name)} {site.site.url}，发现 {usable} 个"
    yield "    columns:" if usable else "    columns: []"
    yield from lines


def _line(site: Site, fact: ColumnFact, found: Sequence[ColumnFact], taken: set[str]) -> str:
    entry: dict[str, object] = {
        "id": _identifier(fact.column, fact.url, taken), "name": fact.column.name, "url": _relative(fact.url, site),
        "type": fact.column.type,
    }  # fmt: skip
    if fact.column.top_level:
        entry["top_level"] = True
    text = yaml.safe_dump(entry, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6).strip()
    against = _against(fact, found)
    told = "；".join(part for part in (against, _sample(fact), " > ".join(fact.path)) if part)
    return f"      {'# ' if against else ''}- {text}  # {_plain(told)}"


def _against(fact: ColumnFact, found: Sequence[ColumnFact]) -> str:
    """Why this is hardly a column; empty when it is one."""
    if fact.outcome is not Outcome.OK:
        return f"未能访问（{REASONS[fact.reason].name}）"
    if fact.same_as is not None:
        other = next((one.column.name for one in found if one.column.id == fact.same_as), fact.same_as)
        return f"与“{other}”是同一列表"
    if fact.kind is None:
        return "通向其他网站"
    if fact.kind == "home":
        return "通向首页"
    if fact.kind not in _LISTS and fact.newest is None and fact.column.type == "其他":
        return "静态页面或表单"
    return ""


def _sample(fact: ColumnFact) -> str:
    if fact.newest is not None:
        return f"最新 {fact.newest.isoformat()}，{fact.item_count}条" + (
            f"，取自下级栏目“{fact.newest_of}”" if fact.newest_of else ""
        )
    if fact.kind == "blank":
        return "没有信息"
    if fact.kind == "scripted-list":
        return "列表由脚本绘制，未能读取"
    return f"{fact.item_count}条，没有日期" if fact.item_count else ""


def _identifier(column: Column, url: str, taken: set[str]) -> str:
    """From the address, as a person would choose it; the hash where the address has no words."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    if parts and (_INDEX.match(parts[-1]) or (len(parts) > 1 and parts[-1].startswith("index"))):
        parts.pop()
    words = _UNSAFE.sub("-", "-".join(part.rpartition(".")[0] or part for part in parts[-2:])).strip("-")
    wanted = words[:50] if words and not urlsplit(url).query else column.id
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name


def _relative(url: str, site: Site) -> str:
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) != urlsplit(site.url)[:2]:
        return url
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _plain(text: str) -> str:
    return " ".join(text.split())
