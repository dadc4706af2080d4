"""What may be wrong in an office's wording file, told with line, field and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

import yaml

TITLE_SLOTS = ("issuer", "city", "period", "area", "issue")
_SLOTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("title",): TITLE_SLOTS,
    ("masked_fact",): ("category",),
    ("repeat_heading",): ("degree",),
    ("subject_headings", "*"): ("degree",),
    ("groups", "*", "heading"): ("degree",),
    ("groups", "*", "lead"): ("count", "units", "parts"),
    ("part_phrases", "*"): ("n",),
}
_SAID = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请核对名称",
    "string_type": "应为文字",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表",
    "dict_type": "应由“名称: 内容”各行组成",
    "model_type": "应由“名称: 内容”各行组成",
    "too_short": "至少要有一项",
}

Place = tuple[str | int, ...]


def broken_slot(text: str, allowed: Sequence[str]) -> str:
    """Why the braces of `text` cannot be filled, "" when they can."""
    may = "可用的有" + "、".join(f"{{{name}}}" for name in allowed)
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return f"花括号没有成对，{may}；要印出花括号本身须写两个"
    for _, name, spec, conversion in parts:
        if name is not None and (name not in allowed or spec or conversion):
            return f"没有 {{{name}}} 这一占位符，{may}"
    return ""


def slot_faults(raw: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Place and fault of every text whose slots are broken."""
    for pattern, allowed in _SLOTS.items():
        for place, text in _texts(raw, pattern, ()):
            if fault := broken_slot(text, allowed):
                yield place, fault


def _texts(value: Any, pattern: tuple[str, ...], place: Place) -> Iterator[tuple[Place, str]]:
    if not pattern:
        if isinstance(value, str):
            yield place, value
        return
    step, rest = pattern[0], pattern[1:]
    children: Any = ()
    if step == "*":
        children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    elif isinstance(value, Mapping) and step in value:
        children = ((step, value[step]),)
    for key, child in children:
        yield from _texts(child, rest, (*place, key))


def said(error: Mapping[str, Any]) -> str:
    """A pydantic error in Chinese."""
    kind = str(error["type"])
    if kind.startswith(("int", "float")):
        return "应为数字"
    return _SAID.get(kind, str(error["msg"]).removeprefix("Value error, "))


def named(place: Sequence[str | int]) -> str:
    """groups.2.lead as a person counts: groups 第3项的 lead."""
    told = ""
    for step in place:
        told += f"第{step + 1}项的 " if isinstance(step, int) else f"{step} "
    return told.strip().removesuffix("的")


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line, from 1, on which the field stands; that of the last part of the way that is there."""
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for step in place:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if found:
                line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = found = node.value[step]
            line = node.start_mark.line + 1
        if found is None:
            break
    return line
