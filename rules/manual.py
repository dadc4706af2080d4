"""The rule manual (Markdown, HTML) and the JSON Schemas for editors, made from the rules and models themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from rules.forms import Answers
from rules.loader import POINT_PARAMS, RuleSet
from rules.profile import Profile
from rules.registry import CHECKS
from rules.schema import Rule
from rules.windows import Window

LEVELS = {"veto": "单项否决", "part": "累计项", "deduction": "扣分", "bonus": "加分", "advice": "建议"}
AUTOMATION = {"Y": "机器判定", "P": "机器找线索，由人确认", "N": "人工填报"}
KINDS = {"portal": "门户网站", "department": "部门网站"}
SCHEMAS = Path(__file__).parent / "schemas"


def window_text(rule: Rule, ruleset: RuleSet) -> str:
    """The windows and counts a rule works with, as the profile has them; empty when it has none."""
    windows = ruleset.profile.windows
    parts = []
    if rule.check == "home_updated":
        parts.append(f"首页{ruleset.profile.home_window.text}")
    if rule.check in ("stale_columns", "column_class", "other_columns"):
        types = rule.params.get("types", [])
        chosen = [kind for kind in windows if (kind in types) is not bool(rule.params.get("others"))]
        if rule.check == "other_columns":
            chosen = [kind for kind in windows if kind not in rule.params.get("covered", [])]
        parts += [f"{kind}{windows[kind].text}{'（一级栏目）' if windows[kind].first_level else ''}" for kind in chosen]
    return "，".join([*parts, *_amounts(rule)])


def _amounts(rule: Rule) -> Iterator[str]:
    """The numbers and windows among a rule's parameters, in the words of their fields; points stand with the cases."""
    spec = CHECKS[rule.check]
    params = spec.params.model_validate(rule.params)
    for name, field in spec.params.model_fields.items():
        value = getattr(params, name)
        if isinstance(value, Window):
            value = value.text
        elif name in POINT_PARAMS or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        told = f"{value:g}" if isinstance(value, int | float) else value
        yield f"{field.description or name} {told}"


def points_text(rule: Rule) -> str:
    """`每处0.2分，最多1分`; empty where nothing is scored."""
    if rule.level not in ("deduction", "bonus"):
        return ""
    verb = "扣" if rule.level == "deduction" else "得"
    cases = [f"{item.text}{verb}{item.points:g}分" for item in rule.items]
    cap = [f"合计不超过{rule.cap:g}分"] if rule.cap is not None else []
    return "；".join(cases + cap)


def rows(rule: Rule, ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    """What the manual says of one rule, as (label, text), empty texts left out."""
    told = (
        ("依据", f"{rule.document} {rule.clause}"),
        ("适用", "、".join(KINDS[kind] for kind in rule.applies_to)),
        ("级别", LEVELS[rule.level] + ("，须人工确认后生效" if rule.review == "required" else "")),
        ("分值", points_text(rule)),
        ("期限与数量", window_text(rule, ruleset)),
        ("检查方式", f"{AUTOMATION[rule.automation]}：{rule.how}"),
        ("机器看不到", rule.cannot_see),
        ("整改", rule.fix),
        ("本方案", "采用" if ruleset.rule(rule.id) else "不采用"),
    )
    return ((label, text) for label, text in told if text)


def _by_document(ruleset: RuleSet) -> Iterator[tuple[str, list[Rule]]]:
    current = [ruleset.rule(known.id) or known for known in ruleset.known]
    sizes = Counter(rule.document for rule in current)
    ordered = sorted(current, key=lambda rule: (-sizes[rule.document], rule.document))  # the main document first
    for document, group in groupby(ordered, key=lambda rule: rule.document):
        yield document, list(group)


def manual_markdown(ruleset: RuleSet) -> str:
    """Every rule under its document, in the numbers of the profile."""
    lines = [f"# 检查指标手册（{ruleset.profile.title}）", "", f"指标文件摘要 {ruleset.digest}", ""]
    for document, group in _by_document(ruleset):
        lines += [f"## {document}", ""]
        for rule in group:
            lines += [f"### {rule.id} {rule.name}", ""]
            lines += [f"- **{label}**：{_plain(text)}" for label, text in rows(rule, ruleset)]
            lines.append("")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")


_STYLE = """
body{font:16px/1.7 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;max-width:56rem;margin:2rem auto;
padding:0 1rem;color:#1c2530;background:#fff}
h2{border-bottom:2px solid #b42318;padding-bottom:.3rem;margin-top:2.5rem}h3{margin:1.6rem 0 .4rem}
dl{display:grid;grid-template-columns:7rem 1fr;gap:.2rem .8rem;margin:0}dt{color:#51606f}dd{margin:0}
p{overflow-wrap:anywhere}nav p{margin:.3rem 0}nav strong{margin-right:.6rem}nav a{margin-right:.55rem;color:#1f4e79}
.off h3{color:#6b7885}@media(max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
"""


def manual_html(ruleset: RuleSet) -> str:
    """The same manual as one page without script and network."""
    title = f"检查指标手册（{escape(ruleset.profile.title)}）"
    parts = [
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>指标文件摘要 {escape(ruleset.digest)}</p>",
    ]
    parts.append("<nav>")
    for document, group in _by_document(ruleset):
        links = "".join(f'<a href="#{rule.id}" title="{escape(rule.name)}">{rule.id}</a>' for rule in group)
        parts.append(f"<p><strong>{escape(document)}</strong>{links}</p>")
    parts.append("</nav>")
    for document, group in _by_document(ruleset):
        parts.append(f"<h2>{escape(document)}</h2>")
        for rule in group:
            off = "" if ruleset.rule(rule.id) else ' class="off"'
            told = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in rows(rule, ruleset))
            parts.append(
                f'<section id="{rule.id}"{off}><h3>{rule.id} {escape(rule.name)}</h3><dl>{told}</dl></section>'
            )
    return "\n".join([*parts, "</main></body></html>\n"])


def json_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas by file name: of a rule file (its parameters by check), of a profile and of answers."""
    rule = Rule.model_json_schema()
    rule["properties"]["check"]["enum"] = sorted(CHECKS)
    rule["allOf"] = [
        {
            "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
            "then": {"properties": {"params": _inline(spec.params.model_json_schema())}},
        }
        for name, spec in sorted(CHECKS.items())
    ]
    return {
        "rule.schema.json": rule,
        "profile.schema.json": Profile.model_json_schema(),
        "answers.schema.json": Answers.model_json_schema(),
    }


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its `$defs` put in place, since it is embedded below the root that `#/$defs` would name."""
    defs = schema.pop("$defs", {})

    def resolved(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return resolved(defs[value["$ref"].rpartition("/")[2]])
            return {key: resolved(inner) for key, inner in value.items()}
        return [resolved(inner) for inner in value] if isinstance(value, list) else value

    found: dict[str, Any] = resolved(schema)
    return found


def schema_texts() -> dict[str, str]:
    """The schema files as they are kept in rules/schemas, by name."""
    return {
        name: json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for name, schema in json_schemas().items()
    }


def write_schemas(folder: Path = SCHEMAS) -> list[Path]:
    """Write the schema files; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in schema_texts()]
