"""The Chinese wording of what YAML and pydantic find wrong, each with a remedy."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

Worded = tuple[tuple[Any, ...], str, str]

_TYPES = {
    "string_type": ("文字", "把值写成文字，必要时加引号"),
    "list_type": ("列表", "每项一行以“- ”开头，或写在方括号 [ ] 内"),
    "dict_type": ("“字段: 值”的形式", "对照示例文件检查缩进"),
    "model_type": ("“字段: 值”的形式", "对照示例文件检查缩进"),
    "model_attributes_type": ("“字段: 值”的形式", "对照示例文件检查缩进"),
    "int_type": ("整数", "写成整数，如 10"),
    "int_parsing": ("整数", "写成整数，如 10"),
    "int_from_float": ("整数", "写成整数，如 10"),
    "float_type": ("数字", "写成数字，如 0.5"),
    "float_parsing": ("数字", "写成数字，如 0.5"),
    "bool_type": ("是或否", "写 true 或 false"),
    "bool_parsing": ("是或否", "写 true 或 false"),
}
_BOUNDS = {
    "greater_than_equal": ("小于下限", "ge", "不小于"),
    "greater_than": ("小于下限", "gt", "大于"),
    "less_than_equal": ("大于上限", "le", "不大于"),
    "less_than": ("大于上限", "lt", "小于"),
}


def worded(detail: ErrorDetails, model: type[BaseModel]) -> Worded:
    """One pydantic error of `model` as (field path, message, remedy)."""
    path, kind, value = tuple(detail["loc"]), detail["type"], detail["input"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    hint = described(model, path)
    if kind == "missing":
        return path, "缺少必填字段或没有填写", f"补上“{path[-1]}: …”" + (f"（{hint}）" if hint else "")
    if kind == "extra_forbidden":
        return path, f"不认识的字段“{path[-1]}”", _known_field(model, path)
    if kind == "literal_error":
        return path, f"{_shown(value)}不在可选的值之内", _choices(model, path, value)
    if kind in _TYPES:
        wanted, remedy = _TYPES[kind]
        return path, f"{_shown(value)}不是{wanted}", hint or remedy if kind == "string_type" else remedy
    if kind in _BOUNDS:
        message, key, word = _BOUNDS[kind]
        return path, f"{_shown(value)}{message}", f"写{word} {context.get(key)} 的数" + (f"（{hint}）" if hint else "")
    if kind in ("too_short", "string_too_short"):
        return path, "不能为空", hint or "填写内容"
    if kind.startswith("datetime"):
        return path, f"{_shown(value)}不是时间", hint or "写成 2026-11-18 22:00 的形式"
    if kind.startswith("date"):
        return path, f"{_shown(value)}不是日期", "写成 2026-11-18 的形式，且日历上有这一天"
    if kind == "string_pattern_mismatch":
        return path, f"{_shown(value)}不合要求", hint or f"应符合 {context.get('pattern')}"
    if kind == "value_error":
        return path, str(context.get("error", "值不合要求")), hint
    return path, f"{_shown(value)}不合要求（{detail['msg']}）", hint


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the names that a file uses."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The most similar known word, None when nothing is near."""
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def described(model: type[BaseModel], path: tuple[Any, ...]) -> str:
    """The description of the field at `path`, empty where there is none."""
    owner = _owner(model, path[:-1]) if path else None
    if owner is not None and path[-1] in fields_of(owner):
        return fields_of(owner)[path[-1]].description or ""
    return described(model, path[:-1]) if path and isinstance(path[-1], int) else ""


def shown_path(data: Any, path: tuple[Any, ...]) -> str:
    """`sites[portal].columns[jy1].unit`: an item is named by its id, else by its place in the list (第3项)."""
    text, here = "", data
    for part in path:
        here = _child(here, part)
        if isinstance(part, int) and not isinstance(part, bool):
            name = here.get("id") if isinstance(here, dict) else None
            text += f"[{name if isinstance(name, str | int) else f'第{part + 1}项'}]"
        else:
            text += f"{'.' if text else ''}{part}"
    return text


def full_width_colon(text: str, line: int) -> int | None:
    """The line at or just above `line` whose key ends in a full-width colon, None when there is none."""
    for number in (line, line - 1):
        row = text.splitlines()[number - 1] if 0 < number <= len(text.splitlines()) else ""
        if "：" in row and ": " not in row and not row.rstrip().endswith(":"):
            return number
    return None


def syntax_remedy(problem: str, context: str, text: str, line: int) -> tuple[str, str]:
    """What a YAML syntax error at `line` most likely is, as (message, remedy)."""
    rows = text.splitlines()
    near = [row for row in rows[max(0, line - 2) : line] if row.strip()]
    if any("\t" in row[: len(row) - len(row.lstrip())] for row in near):
        return "用制表符（Tab）缩进", "改用空格缩进"
    if "alias of itself" in problem:
        return "引用（*名称）指向了自己", "删去该引用，直接写出内容"
    if "alias bomb" in problem:
        return "引用（*名称）展开后过大", "不用引用，直接写出内容"
    if "undefined alias" in problem or "alias" in context:
        return "引用的名称（*名称）没有定义", '以 * 开头的文字加引号，如 "*.gov.cn"'
    if full_width_colon(text, line):
        return "用了全角冒号“：”", "字段名后改用半角冒号加一个空格，如 city: 云岭市"
    if "cannot start any token" in problem:
        return "值以 @、%、` 等特殊符号开头", "给整个值加引号"
    if "mapping values are not allowed" in problem:
        return "冒号的位置不对", "检查上一行是否完整、缩进是否对齐；值里有“: ”时给整个值加引号"
    if "end of stream" in problem or "quoted scalar" in context:
        return "引号没有成对", "补上缺少的引号"
    if "flow" in context:
        return "方括号或花括号没有成对，或缺少逗号", "检查该行前后的 [ ]、{ } 与逗号"
    if "could not find expected ':'" in problem:
        return "缺少冒号", "写成“字段: 值”，冒号后留一个空格"
    if "single document" in context or "another document" in problem:
        return "一个文件里有多个文档（“---”）", "只留一个文档"
    return "缩进不对齐或格式不对", "同一层的字段左边对齐，列表项以“- ”开头"


def _child(here: Any, part: Any) -> Any:
    try:
        return here[part]
    except (KeyError, IndexError, TypeError):
        return None


def _shown(value: Any) -> str:
    if value is None:
        return "空值"
    if isinstance(value, dict | list):
        return "这里的内容"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"“{text if len(text) <= 60 else text[:60] + '…'}”"


def _known_field(model: type[BaseModel], path: tuple[Any, ...]) -> str:
    owner = _owner(model, path[:-1])
    names = list(fields_of(owner)) if owner else []
    guess = nearest(str(path[-1]), names)
    return f"是否为“{guess}”" if guess else f"删去，或改用：{'、'.join(names)}"


def _choices(model: type[BaseModel], path: tuple[Any, ...], value: Any) -> str:
    owner = _owner(model, path[:-1])
    field = fields_of(owner).get(path[-1]) if owner else None
    allowed = [str(one) for one in _literals(field.annotation)] if field else []
    guess = nearest(str(value), allowed)
    return (f"是否为“{guess}”；" if guess else "") + f"可选：{'、'.join(allowed)}"


def _literals(annotation: Any) -> list[Any]:
    """Members of the Literal anywhere inside an annotation."""
    found: list[Any] = []
    for part in get_args(annotation):
        found += _literals(part) if get_origin(part) is not None else []
    return found or [part for part in get_args(annotation) if not isinstance(part, type)]


def _owner(model: type[BaseModel], path: tuple[Any, ...]) -> type[BaseModel] | None:
    """The model that holds the fields at `path`; None where the path leaves the models."""
    here: Any = model
    for part in path:
        here = _plain(here)
        if isinstance(part, int):
            arguments = get_args(here)
            here = arguments[-1] if arguments else None
        elif isinstance(here, type) and issubclass(here, BaseModel):
            field = fields_of(here).get(str(part))
            here = field.annotation if field else None
        else:
            arguments = get_args(here)
            here = arguments[-1] if arguments else None
    here = _plain(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """The annotation without Annotated and Optional."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _plain(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation
