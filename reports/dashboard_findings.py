"""One finding as the dashboard shows it: the fact, the place, the clause and the evidence, line by line."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from crawler.inventory import Inventory
from reports import told
from reports.files import bounded
from reports.problems import Names
from rules.schema import Finding, Judgement

MOST_PAGES = 3
_WEB = re.compile(r"http(s?)://([^/\s'\"<>，。；、]+)", re.IGNORECASE)
_LEVELS = {"veto": "单项否决", "part": "单项否决的累计项", "deduction": "扣分项", "advice": "不计分", "bonus": "加分项"}
_REGIONS = {"home": "首页", "column": "栏目页", "article": "内容页", "other": "其他页面"}
_STATUS_TONES = {"新增": "", "未整改": "bad", "反弹": "wait"}
_OBSERVED = {
    "reason": "原因",
    "status": "状态码",
    "attempts": "检测次数",
    "first_failed": "首次失败",
    "last_failed": "再次失败",
    "newest": "最近更新日期",
    "days": "未更新天数",
    "window": "更新要求",
    "newest_title": "最近一条",
    "type": "栏目类型",
    "item_count": "信息条数",
    "path": "栏目路径",
    "host": "域名",
    "registered": "注册域名",
    "final_url": "最终地址",
    "redirects": "跳转",
    "fault": "书写错误",
    "raw": "原始书写",
    "count": "数量",
    "at_least": "否决数量",
    "missing": "缺少",
    "main": "主域名",
    "similarity": "相似度",
    "addresses": "IPv6地址",
    "servers": "域名服务器",
    "title": "标题",
    "undated_articles": "未注明日期的稿件",
    "basis": "判断依据",
    "also": "同时涉及条款",
    "signs": "迹象",
    "targets": "目标",
    "hosts": "域名",
    "records": "解析记录",
    "examples": "示例",
    "answers": "各服务器答复",
    "faults": "证书问题",
    "not_after": "证书到期",
    "issuer": "颁发者",
    "protocol": "协议",
    "zone": "域名区",
    "detail": "说明",
    "ipv4_only": "只有IPv4的资源",
    "difference": "差异",
    "points": "确认后扣分",
    "sample": "抽查数量",
    "population": "总数",
    "doubts": "另有线索（待核实）",
}
_HIDDEN = frozenset(
    {
        "outcome",
        "tags",
        "hidden_holders",
        "name",
        "discovered",
        "columns",
        "newest_url",
        "items",
        "dated",
        "tries",
        "level2",
        "level3",
        "only_first",
        "only_second",
        "state",
    }
)

_HELD = "（外部地址，见问题台账）"
_WHOLE = re.compile(r"https?://[^\s'\"，；）)›]+", re.IGNORECASE)
_UNLINKED = frozenset({"暗链外链"})  # nobody should open these by a slip of the hand

Line = tuple[str, str]


def finding_view(
    finding: Finding, names: Names, status: str, times: int, first_seen: str, shy: Collection[str] = ()
) -> dict[str, Any]:
    """One finding with its evidence; each evidence line is (text, address or ""). `shy` hosts are never linked."""
    rows: list[tuple[str, list[Line]]] = [
        ("责任单位", [(names.unit(finding.unit), "")]),
        ("指标", [(f"{finding.rule}　{finding.clause}".strip(), ""), (_LEVELS[finding.level], "")]),
        ("问题地址", [(bounded(finding.subject, 400), finding.subject)]),
    ]
    if finding.where:
        rows.append((f"所在页面（{max(finding.where_count, len(finding.where))}）", _pages(finding)))
    if seen := _observed(finding):
        rows.append(("证据", seen))
    if finding.fix:
        rows.append(("整改建议", [(finding.fix, "")]))
    if times > 1:
        rows.append(("发现情况", [(f"首次发现 {first_seen}，第 {times} 次发现", "")]))
    sure = finding.certainty == "confirmed" and not finding.needs_review
    return {
        "unit_id": finding.unit,
        "category": finding.category,
        "status": status,
        "status_tone": _STATUS_TONES.get(status, ""),
        "certainty": "已确认" if sure else "待核实",
        "place": unlinked(told.place(finding, names), shy),
        "fact": unlinked(bounded(finding.message, 200), shy),
        "rows": [(name, [_shy_line(line, shy) for line in lines]) for name, lines in rows],
    }


def shy_hosts(judgement: Judgement, inventory: Inventory) -> frozenset[str]:
    """Hosts that hidden links lead to, without the city's own: no page of ours makes a link to them anywhere."""
    own = {host for site in inventory.sites for host in (site.host, *site.aliases, *site.own_hosts)}
    found = {
        host
        for f in judgement.findings
        if f.category in _UNLINKED
        for text in (f.subject, f.message, *(str(value) for value in f.observed.values()))
        for host in _hosts(text)
    }
    return frozenset(found - own)


def _host(url: str) -> str:
    found = _WEB.match(url)
    return found[2].rpartition("@")[2].partition(":")[0].lower() if found else ""


def _hosts(text: str) -> set[str]:
    return {_host(found[0]) for found in _WEB.finditer(text)}


def _shy_line(line: Line, never: Collection[str]) -> Line:
    text, address = line
    return unlinked(text, never), "" if _host(address) in never else address


def unlinked(text: str, hosts: Collection[str]) -> str:
    """These hosts' addresses taken out of a text: they stand in the internal ledger only."""
    text = _WHOLE.sub(lambda found: _HELD if _host(found[0]) in hosts else found[0], text)
    for host in sorted(hosts, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9.-]){re.escape(host)}(?![A-Za-z0-9-])", _HELD, text, flags=re.IGNORECASE)
    return text


def _pages(finding: Finding) -> list[Line]:
    shown = []
    for where in finding.where[:MOST_PAGES]:
        text = f"{told.quoted(where.text)} " if where.text.strip() else ""
        shown.append((f"{_REGIONS[where.region]} {text}{bounded(where.page, 300)}", where.page))
    more = max(finding.where_count, len(finding.where)) - len(shown)
    return [*shown, (f"另有 {more} 个页面，见问题台账", "")] if more > 0 else shown


def _observed(finding: Finding) -> list[Line]:
    lines = []
    for key in sorted(finding.observed, key=lambda k: (list(_OBSERVED).index(k) if k in _OBSERVED else 99, k)):
        value = finding.observed[key]
        if key in _HIDDEN or value in (None, "", [], {}) or value is False:
            continue
        text = told.reason_name(value) if key == "reason" else _plain(value)
        lines.append((f"{_OBSERVED.get(key, key)}：{bounded(text, 200)}", ""))
    return lines


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return " › ".join(_plain(one) for one in value[:10])
    if isinstance(value, dict) and value.keys() == {"rule", "message"}:
        return f"{value['rule']} {value['message']}"
    return "是" if value is True else str(value)
