"""Findings against the truth of a planted city: nothing missed, nothing invented.

    python -m tests.house.compare findings.json [truth.yaml]     without a truth: that of the bundled staging city
    python -m tests.house.compare --as-of truth.yaml             the moment the truth was made for

The truth holds `problems`: {site, category, subject, certainty, unit, rules, note}; certainty, unit and rules are
compared where they are given. A finding speaks for all clauses that one fact breaks and names one, so its rule has
to be one of `rules`. The truth may hold `innocents` ({site, url, category, why}), `sites` ({id, vetoes, verdict}) and
`categories`, which bounds the comparison to those. Exit status 0 when they agree, 1 when not, 2 for bad input.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import unquote, urlsplit

import yaml

Key = tuple[str, str, str]  # site, category, subject
_PORTS = {"http": 80, "https": 443}


@dataclass
class Difference:
    """One way in which findings and truth part."""

    kind: str  # 漏报 误报 单位不符 确定性不符 规则不符 冤枉 结论不符 检查出错
    site: str
    category: str
    subject: str
    detail: str


@dataclass
class Comparison:
    """What agreed, by category, and what did not."""

    planted: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def same_address(url: str) -> str:
    """An address as it is compared: host in lower case, no default port, no fragment, percent signs decoded."""
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError:
        return url.strip()
    host = (parts.hostname or "").lower()
    netloc = host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"
    return unquote(f"{parts.scheme}://{netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else ""))


def compare(findings: dict[str, Any], truth: dict[str, Any]) -> Comparison:
    """Findings (contract 3) against the truth; entries of one site, category and subject are taken together."""
    wanted = set(truth.get("categories") or ())
    found = _grouped(findings["findings"], wanted)
    planted = _grouped(truth["problems"], wanted)
    result = Comparison()
    for key in sorted(planted | found):
        if key in planted:
            result.planted[key[1]] += 1
        differences = list(_differences(key, planted.get(key, []), found.get(key, [])))
        result.differences += differences
        if key in planted and not differences:
            result.agreed[key[1]] += 1
    result.differences += _accused(found, truth.get("innocents") or (), planted)
    for error in findings.get("errors") or ():
        result.differences.append(Difference("检查出错", error["site"], "", "", f"{error['rule']} {error['error']}"))
    result.differences += _verdicts(findings.get("sites", ()), truth.get("sites") or ())
    return result


def _grouped(entries: Iterable[dict[str, Any]], wanted: set[str]) -> dict[Key, list[dict[str, Any]]]:
    grouped: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        if not wanted or entry["category"] in wanted:
            grouped[entry["site"], entry["category"], same_address(entry["subject"])].append(entry)
    return dict(grouped)


def _differences(key: Key, planted: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterable[Difference]:
    if not found:
        rules = "、".join(sorted(_rules(planted)))
        yield Difference("漏报", *key, " ".join(filter(None, (rules, str(planted[0].get("note", ""))))))
        return
    if not planted:
        yield Difference("误报", *key, f"{'、'.join(sorted({f['rule'] for f in found}))} {found[0].get('message', '')}")
        return
    rules, named = _rules(planted), {f["rule"] for f in found}
    if rules and not named <= rules:
        yield Difference("规则不符", *key, f"应为 {'、'.join(sorted(rules))}之一，报为 {'、'.join(sorted(named))}")
    for name, kind in (("unit", "单位不符"), ("certainty", "确定性不符")):
        right = {entry[name] for entry in planted if entry.get(name)}
        told = {finding.get(name) for finding in found}
        if right and told != right:
            yield Difference(kind, *key, f"应为 {'、'.join(sorted(right))}，报为 {'、'.join(sorted(map(str, told)))}")


def clauses_of(finding: dict[str, Any]) -> set[str]:
    """Every clause that a finding speaks for: its own, those that the same fact breaks, those that are only doubted."""
    observed = finding["observed"]
    return {finding["rule"], *observed.get("also", ()), *(doubt["rule"] for doubt in observed.get("doubts", ()))}


def _rules(planted: list[dict[str, Any]]) -> set[str]:
    return {rule for entry in planted for rule in entry.get("rules") or ()}


def _accused(
    found: dict[Key, list[dict[str, Any]]], innocents: Iterable[dict[str, Any]], planted: dict[Key, Any]
) -> list[Difference]:
    """Innocents that a finding of their category names, on whatever site holds them."""
    named = defaultdict(list)
    for key in found:
        if key not in planted:
            named[key[1], key[2]].append(key)
    return [
        Difference("冤枉", *key, str(one.get("why", "")))
        for one in innocents
        for key in named.get((one.get("category", ""), same_address(one["url"])), [])
    ]


def _verdicts(told: Iterable[dict[str, Any]], right: Iterable[dict[str, Any]]) -> list[Difference]:
    by_id = {site["id"]: site for site in told}
    found = []
    for site in right:
        if "vetoes" not in site:
            continue
        verdict = by_id.get(site["id"])
        if verdict is None:
            found.append(Difference("结论不符", site["id"], "", "", "没有该站点的结论"))
            continue
        wanted, vetoes = sorted(site["vetoes"]), sorted(set(verdict.get("vetoes", ())))
        if wanted != vetoes:
            found.append(Difference("结论不符", site["id"], "", "", f"单项否决应为 {wanted}，报为 {vetoes}"))
        if site.get("verdict") not in (None, verdict["verdict"]):
            detail = f"结论应为 {site['verdict']}，报为 {verdict['verdict']}"
            found.append(Difference("结论不符", site["id"], "", "", detail))
    return found


def table(comparison: Comparison) -> str:
    """The comparison for a person: a line a category, then a line a difference."""
    rows = [("类别", "植入", "一致", "不一致")]
    wrong = Counter(difference.category for difference in comparison.differences)
    for category in sorted(comparison.planted | wrong):
        counts = (comparison.planted[category], comparison.agreed[category], wrong[category])
        rows.append((category or "结论", *map(str, counts)))
    counts = (comparison.planted.total(), comparison.agreed.total(), wrong.total())
    rows.append(("合计", *map(str, counts)))
    lines = ["".join(_padded(cell, 14) for cell in row).rstrip() for row in rows]
    lines += [f"{d.kind}  {d.site}  {d.category}  {d.subject}  {d.detail}".rstrip() for d in comparison.differences]
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))


def staging_truth(findings: dict[str, Any]) -> dict[str, Any]:
    """The truth of the bundled city at the moment and on the port that the findings speak of."""
    from tests.staging.city import StagingCity
    from tests.staging.truth import truth_of

    ports = {urlsplit(site["url"]).port for site in findings["sites"]} - {None}
    if len(ports) != 1:
        raise ValueError(f"站点网址的端口不一致：{sorted(map(str, ports))}")
    city = StagingCity(datetime.fromisoformat(findings["as_of"]), ports.pop() or 80)
    return truth_of(city.model, city.raw, city.links)


def read_truth(path: str) -> dict[str, Any]:
    """A truth file, YAML or JSON; a bare list is its problems."""
    truth = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    return {"problems": truth} if isinstance(truth, list) else dict(truth)


def main(arguments: list[str]) -> int:
    """The command: prints the table, answers with the exit status."""
    try:
        match arguments:
            case ["--as-of", path]:
                moment = read_truth(path).get("as_of", "")
                print(moment.isoformat() if isinstance(moment, date) else moment)
                return 0
            case [path, *rest] if len(rest) <= 1:
                findings = json.loads(Path(path).read_text(encoding="utf-8"))
                comparison = compare(findings, read_truth(rest[0]) if rest else staging_truth(findings))
            case _:
                print("用法：python -m tests.house.compare findings.json [truth.yaml]", file=sys.stderr)
                return 2
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        print(f"无法比较：{type(error).__name__} {error}", file=sys.stderr)
        return 2
    print(table(comparison))
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
