"""Parts of the dashboard as plain values: review, columns, IPv6, publication, coverage."""

from __future__ import annotations

from typing import Any

from reports import charts, figures, told
from reports.files import bounded
from reports.numbers import LastRound, Numbers
from reports.problems import Names, rows_of
from rules.schema import Judgement

_STATE_TONES = {
    "正常": "good",
    "支持": "good",
    "未更新": "bad",
    "空白": "bad",
    "不支持": "bad",
    "未能判定": "wait",
    "无法访问": "wait",
}


def review_view(last: LastRound | None) -> dict[str, Any] | None:
    """What became of the last bulletin's problems."""
    if last is None or not last.total:
        return None
    fixed, standing, unseen = (last.count(r) for r in ("已整改", "未整改", "未能复核"))
    parts = [("已整改", fixed, charts.GOOD), ("未整改", standing, charts.BAD), ("未能复核", unseen, charts.NONE)]
    rate = figures.rate(fixed, fixed + standing)
    return {
        "text": f"上期通报的{last.total}个问题中，已整改{fixed}个、未整改{standing}个、未能复核{unseen}个，"
        f"整改率{rate}（以已复核的为基数）。",
        "picture": charts.stack("上期问题整改", parts),
        "parts": parts,
    }


def columns_view(judgement: Judgement, names: Names, n: Numbers) -> dict[str, Any] | None:
    """Columns by state; those in order are folded away."""
    rows = [_column(row, names) for row in rows_of(judgement.extra, "columns")]
    if not rows:
        return None
    rows.sort(key=lambda r: (-r["late"], r["site"], r["name"]))
    bad, doubt = ("未更新", "空白"), ("未能判定", "无法访问")
    parts = [
        {"name": "未更新和空白栏目", "folded": False, "rows": [r for r in rows if r["state"] in bad]},
        {"name": "未能判定的栏目", "folded": True, "rows": [r for r in rows if r["state"] in doubt]},
        {"name": "其他栏目", "folded": True, "rows": [r for r in rows if r["state"] not in bad + doubt]},
    ]
    c = n.columns
    text = f"应更新栏目{c.due}个，按期更新{c.normal}个、未更新{c.stale}个、空白{c.blank}个、未能判定{c.undecided}个。"
    return {
        "text": text,
        "parts": parts,
        "heads": ("栏目", "网站", "责任单位", "类型", "情况", "最近更新", "距今", "要求"),
    }


def _column(row: dict[str, Any], names: Names) -> dict[str, Any]:
    days, limit = row.get("days"), row.get("window_days")
    state = str(row.get("state") or "")
    return {
        "name": str(row.get("name") or row.get("id") or ""),
        "site": names.site(str(row.get("site") or "")),
        "unit": names.unit(str(row.get("unit") or "")),
        "type": str(row.get("type") or ""),
        "state": state,
        "tone": _STATE_TONES.get(state, ""),
        "newest": str(row.get("newest") or ""),
        "days": f"{days} 天" if isinstance(days, int) else "",
        "window": str(row.get("window") or "") or (figures.window(limit) if isinstance(limit, int) else ""),
        "late": days if isinstance(days, int) else 10**6 if state == "空白" else 0,
    }


def ipv6_view(judgement: Judgement, n: Numbers) -> dict[str, Any] | None:
    """IPv6 readiness of every site."""
    found = rows_of(judgement.extra, "ipv6")
    if not found:
        return None
    v = n.ipv6
    parts = [
        ("支持", v.supported, charts.GOOD),
        ("不支持", v.unsupported, charts.BAD),
        ("未能检测", v.untested, charts.NONE),
    ]
    heads: tuple[tuple[str, str], ...] = (
        ("域名有IPv6地址", "aaaa"),
        ("首页可经IPv6访问", "home"),
        ("域名服务器", "ns"),
    )
    below = (("二级链接", "level2"), ("三级链接", "level3"), ("首页资源", "parts"))
    heads += tuple((head, key) for head, key in below if any(row.get(key, "未测") != "未测" for row in found))
    rows = []
    for row in found:
        values = [(head, str(row.get(key) or "未测")) for head, key in heads]
        cells = [(head, value, _STATE_TONES.get(value, "")) for head, value in values]
        rows.append(
            {"name": str(row.get("name") or row.get("site")), "cells": cells, "note": str(row.get("note") or "")}
        )
    rate = figures.rate(v.supported, v.tested)
    text = (
        f"检测网站{v.tested}个，首页域名支持IPv6的{v.supported}个，支持率{rate}。"
        if v.tested
        else "本轮监测端未能检测IPv6。"
    )
    return {
        "text": text,
        "picture": charts.ring("IPv6支持情况", parts, rate if v.tested else "未测"),
        "parts": parts,
        "heads": [head for head, _ in heads],
        "rows": rows,
    }


def published_view(n: Numbers, names: Names) -> dict[str, Any] | None:
    """Items published, by type and by unit."""
    p = n.published
    if not p.total:
        return None
    when = f"{p.start} 至 {p.end}，" if p.start and p.end else ""
    tables = []
    for caption, pairs in (("按栏目类型（条）", p.by_type), ("按单位（条）", p.by_unit)):
        named = [(names.unit(key) if caption.startswith("按单位") else key, count) for key, count in pairs[:15]]
        largest = max((count for _, count in named), default=0)
        tables.append((caption, [(name, count, charts.bar(count, largest)) for name, count in named]))
    return {"text": f"{when}共发布信息{p.total:,}条。", "tables": tables}


def coverage_view(judgement: Judgement, names: Names, n: Numbers) -> dict[str, Any]:
    """What was read, what was not, and what went wrong on our side."""
    rows = [
        {
            "name": names.site(s.id),
            "pages": s.pages,
            "links": s.links_checked,
            "blocked": s.blocked,
            "unchecked": s.unchecked,
            "notes": "；".join(s.notes),
        }
        for s in judgement.sites
    ]
    lists = [
        ("被拦截和未检查的原因", [f"{told.reason_name(code)}：{count}个" for code, count in n.reasons]),
        (
            "检查程序出错（不影响得分）",
            [f"{e.rule}　{names.site(e.site)}：{bounded(e.error, 200)}" for e in judgement.errors],
        ),
        ("已豁免的问题", [_exempted(row, names) for row in rows_of(judgement.extra, "exempted")]),
    ]
    text = (
        f"读取页面{n.pages:,}个，检查链接{n.links:,}条；被拦截{n.blocked:,}个、未检查{n.unchecked:,}个，均不计入问题。"
    )
    return {"text": text, "rows": rows, "lists": [(name, lines) for name, lines in lists if lines]}


def _exempted(row: dict[str, Any], names: Names) -> str:
    until = f"至{row['until']}" if row.get("until") else ""
    said = f"（{row.get('reason', '')}，{row.get('by', '')}{until}）"
    what = bounded(str(row.get("message") or row.get("subject") or ""), 160)
    return f"{names.site(str(row.get('site') or ''))}：{what}{said}"
