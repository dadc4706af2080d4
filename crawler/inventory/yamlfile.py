"""Reading a YAML file a person wrote: every value with its line, every mistake told in Chinese with its remedy.

Scalars follow YAML 1.2 where 1.1 surprises: `no`, `on`, `0532` and `12:30` stay text, `2026-11-18` is a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from crawler.inventory.wording import full_width_colon, shown_path, syntax_remedy, worded

MAX_BYTES = 5_000_000
_MAX_REPEATS = 20_000  # values that exist only because an alias repeats them
_MAX_DEPTH = 40
_TAG = "tag:yaml.org,2002:"

FieldPath = tuple[Any, ...]
Lines = dict[FieldPath, int]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Problem(NamedTuple):
    """One mistake: `line` is 1-based or None where the file as a whole is meant, `field` a readable path or empty."""

    file: str
    line: int | None
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = " ".join(part for part in (f"第{self.line}行" if self.line else "", self.field) if part)
        return f"{place + '：' if place else ''}{self.message}。" + (f"改法：{self.remedy}。" if self.remedy else "")


class BadInput(Exception):
    """Input that cannot be used, with all its mistakes, sorted by file and line. Commands end with exit status 2."""

    def __init__(self, problems: Iterable[Problem], *, label: str = "输入") -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line or 0))
        self.label = label
        super().__init__(self.problems)

    def __str__(self) -> str:
        parts: list[str] = []
        for file in dict.fromkeys(p.file for p in self.problems):
            own = [p for p in self.problems if p.file == file]
            parts.append(f"{self.label} {file} 有 {len(own)} 处错误：")
            parts.extend(f"  {number}. {problem}" for number, problem in enumerate(own, 1))
        return "\n".join(parts)


def load_yaml(path: str | Path, *, label: str = "清单") -> tuple[Any, Lines]:
    """The data of a YAML file and the 1-based line of every field path; BadInput with all mistakes otherwise."""
    data, lines, problems = _read(Path(path), label)
    if problems:
        raise BadInput(problems, label=label)
    return data, lines


def load_model(
    path: str | Path,
    model: type[ModelT],
    *,
    label: str = "清单",
    checks: Callable[[Any], Iterable[tuple[FieldPath, str, str]]] | None = None,
) -> ModelT:
    """The file as `model`. `checks` looks at the raw data and yields (field path, message, remedy) of its own.

    All mistakes are raised together as BadInput.
    """
    data, lines, problems = _read(Path(path), label)
    found = (
        model_problems(data, model)
        if isinstance(data, dict)
        else [((), "文件内容应为“字段: 值”的形式", "对照示例文件")]
    )
    if checks is not None and isinstance(data, dict):
        found.extend(checks(data))
    problems += [at(str(path), data, lines, *one) for one in found]
    if problems:
        raise BadInput(problems, label=label)
    return model.model_validate(data)


def model_problems(data: Any, model: type[BaseModel]) -> list[tuple[FieldPath, str, str]]:
    """What pydantic finds wrong, as (field path, message, remedy) in Chinese; empty when the data is valid."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [worded(detail, model) for detail in error.errors(include_url=False)]
    return []


def at(file: str, data: Any, lines: Lines, path: FieldPath, message: str, remedy: str) -> Problem:
    """A problem at a field path; a path that is not in the file takes the line of its nearest parent."""
    known = path
    while known and known not in lines:
        known = known[:-1]
    return Problem(file, lines.get(known, 1), shown_path(data, path), message, remedy)


def _read(path: Path, label: str) -> tuple[Any, Lines, list[Problem]]:
    text = _text(path, label)
    builder = _Builder(str(path))

    def bad(line: int | None, message: str, remedy: str) -> BadInput:
        return BadInput([Problem(str(path), line, "", message, remedy)], label=label)

    try:
        node = _compose(text)
        data = None if node is None else builder.build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(text.splitlines()) or 1) if mark else 1
        wording = syntax_remedy(error.problem or "", error.context or "", text, line)
        raise bad(full_width_colon(text, line) or line, *wording) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise bad(line, "含有不可见的控制字符", "删去该行的特殊字符后重新输入") from None
    except RecursionError:
        raise bad(None, "嵌套层次过多", "对照示例文件检查括号与缩进") from None
    if data is None and not builder.problems:
        raise bad(None, "文件是空的", "对照示例文件填写")
    return data, builder.lines, builder.problems


def _compose(text: str) -> yaml.Node | None:
    _refuse_depth(text)
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _refuse_depth(text: str) -> None:
    """The C composer calls itself for every level and has no bound of its own; events come without recursion."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise RecursionError


def _text(path: Path, label: str) -> str:
    def bad(message: str, remedy: str) -> BadInput:
        return BadInput([Problem(str(path), None, "", message, remedy)], label=label)

    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise bad("文件不存在", "核对路径，或复制 inventory.example.yaml 后修改") from None
    except IsADirectoryError:
        raise bad("这是文件夹，不是文件", "写到文件名为止") from None
    except PermissionError:
        raise bad("没有读取权限", "给运行巡查的用户授予读取权限") from None
    except OSError as error:
        raise bad(f"无法读取（{error.strerror or error}）", "检查路径与磁盘") from None
    if len(raw) > MAX_BYTES:
        raise bad(f"文件超过 {MAX_BYTES // 1_000_000} MB", "核对是否选错文件")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise bad("这是 Excel 或压缩文件，不是 YAML", "名录表先用 scrapy inventory import 转换")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise bad("文件是 UTF-16（记事本称“Unicode”）编码", "用编辑器另存为 UTF-8 编码")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        raise bad(f"第{line}行起不是文字，文件可能已损坏", "用编辑器另存为 UTF-8 编码") from None
    raise bad("文件是 GBK（记事本称“ANSI”）编码", "用编辑器另存为 UTF-8 编码")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes only; which plain scalars are more than text is decided here."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own door


for _name, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]{0,30})$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]{1,30}\.[0-9]{1,30}(?:[eE][-+]?[0-9]{1,3})?$", "-+0123456789"),
    ("timestamp", r"^\d{4}-\d{2}-\d{2}$", "0123456789"),
    ("merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), list(_first))


class _Builder:
    """Plain data of a node tree, noting lines; duplicate keys and foreign tags are collected as problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: Lines = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self._open: set[int] = set()
        self._repeats = 0

    def build(self, node: yaml.Node, path: FieldPath) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._guard(node, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
                return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
            if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
                return self._mapping(node, path)
        finally:
            self._open.discard(id(node))
        return self._refuse(line, path, f"不支持的标签“{node.tag}”", "删去该标签")

    def _guard(self, node: yaml.Node, path: FieldPath) -> None:
        self._repeats += id(node) in self._seen
        self._seen.add(id(node))
        if id(node) in self._open:
            raise yaml.MarkedYAMLError(problem="alias of itself", problem_mark=node.start_mark)
        if self._repeats > _MAX_REPEATS:
            raise yaml.MarkedYAMLError(problem="alias bomb", problem_mark=node.start_mark)

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        first: dict[Any, int] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == _TAG + "merge":
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(line, path, "字段名只能是文字", "检查该行的括号、冒号与缩进")
                continue
            key = self._scalar(key_node, path)
            if key in result:
                remedy = f"第{first[key]}行已写过，只留一处"
                self._refuse(line, (*path, key), f"字段“{key}”重复", remedy)
                continue
            first[key] = self.lines[(*path, key)] = line
            result[key] = self.build(value_node, (*path, key))
        for source in merged:
            extra = self.build(source, path)
            for key, value in extra.items() if isinstance(extra, dict) else ():
                result.setdefault(key, value)
        return result

    def _scalar(self, node: yaml.ScalarNode, path: FieldPath) -> Any:
        kind, value = node.tag.removeprefix(_TAG), str(node.value)
        try:
            match kind:
                case "str":
                    return value
                case "null":
                    return None
                case "bool":
                    return value.lower() == "true"
                case "int":
                    return int(value)
                case "float":
                    return float(value)
                case "timestamp":
                    return date.fromisoformat(value)
        except ValueError:  # 2026-02-30: the model tells it with its field
            return value
        return self._refuse(node.start_mark.line + 1, path, f"不支持的标签“{node.tag}”", "删去该标签")

    def _refuse(self, line: int, path: FieldPath, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, shown_path(None, path), message, remedy))
