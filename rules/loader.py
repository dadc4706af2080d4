"""Rule files and profiles, read with every mistake told at once: file, line, field and remedy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import rules.checks  # noqa: F401 - registers the checks
from crawler.inventory import BadInput, Problem, load_model, load_yaml
from crawler.inventory.wording import nearest, worded
from rules.profile import Override, Profile
from rules.registry import CHECKS, CheckSpec, message_fields
from rules.schema import Rule

HERE = Path(__file__).parent
INDICATORS = HERE / "indicators"
PROFILES = HERE / "profiles"
_LABEL = "指标文件"
POINT_PARAMS = frozenset(
    {"missing", "stale", "blank", "home", "other", "element", "unclear", "vague", "law", "field", "steps"}
)
"""Parameters that are points of a case: they must be those that the rule's cases say, or the manual would lie."""
Mistake = tuple[tuple[Any, ...], str, str]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A profile with its rules, overrides applied, in order of id. `digest` changes with any of them."""

    profile: Profile
    rules: tuple[Rule, ...]
    known: tuple[Rule, ...]  # every rule there is, used or not
    digest: str

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id when the profile uses it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def load_ruleset(profile: str | Path = "monthly") -> RuleSet:
    """The rules of a profile by name or path. Raises BadInput with every mistake of every file."""
    path = profile_path(profile)
    loaded = load_profile(path)
    known, files = load_rules([INDICATORS, *_own_folders(loaded, path)])
    chosen = _chosen(loaded, known, path, files)
    return RuleSet(loaded, tuple(chosen), tuple(known), digest_of(loaded, chosen))


def profile_path(profile: str | Path) -> Path:
    """The file of a profile: a name of rules/profiles, or a path. Raises BadInput when there is none."""
    path = Path(profile)
    if path.suffix in (".yaml", ".yml"):
        return path
    found = PROFILES / f"{profile}.yaml"
    if not found.is_file():
        names = sorted(file.stem for file in PROFILES.glob("*.yaml"))
        guess = nearest(str(profile), names)
        remedy = (f"是否为“{guess}”；" if guess else "") + f"可选：{'、'.join(names)}，或写方案文件的路径"
        raise BadInput([Problem(str(profile), None, "RULES_PROFILE", "没有这个方案", remedy)], label="方案")
    return found


def load_profile(path: Path) -> Profile:
    """A profile file, with the one it extends merged under it."""
    own = load_model(path, Profile, label="方案")
    if own.extends is None:
        return own
    seen = {path.resolve()}
    data = own.model_dump(exclude_unset=True)
    while (parent_name := data.pop("extends", None)) is not None:
        parent = profile_path(path.parent / parent_name if parent_name.endswith((".yaml", ".yml")) else parent_name)
        if parent.resolve() in seen:
            raise BadInput(
                [Problem(str(path), 1, "extends", "方案互相引用", "改用另一个方案，或删去 extends")], label="方案"
            )
        seen.add(parent.resolve())
        data = merged(load_model(parent, Profile, label="方案").model_dump(exclude_unset=True), data)
    return Profile.model_validate(data)


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` on `under`: mappings are merged key by key, anything else is replaced; a window is replaced whole."""
    result = dict(under)
    for key, value in over.items():
        old = result.get(key)
        deep = isinstance(old, dict) and isinstance(value, dict) and not {"days", "months", "years"} & value.keys()
        result[key] = merged(old, value) if deep and isinstance(old, dict) else value
    return result


def _own_folders(profile: Profile, path: Path) -> list[Path]:
    """An office's own folders of rules, relative to the profile. BadInput for one that is not there."""
    folders = [(path.parent / folder).resolve() for folder in profile.folders]
    missing = [n for n, folder in enumerate(folders) if not folder.is_dir()]
    if missing:
        _, lines = load_yaml(path, label="方案")
        raise BadInput(
            [
                Problem(
                    str(path), lines.get(("folders", n), lines.get(("folders",), 1)), "folders",
                    f"没有文件夹 {profile.folders[n]}", f"建立 {folders[n]}，或改为相对本方案文件的正确位置",
                )
                for n in missing
            ],
            label="方案",
        )  # fmt: skip
    return folders


def rule_files(folders: Iterable[Path]) -> list[Path]:
    """Every rule file below the folders, in order of path."""
    return sorted(file for folder in folders for file in folder.rglob("*.y*ml") if file.suffix in (".yaml", ".yml"))


def load_rules(folders: Iterable[Path]) -> tuple[list[Rule], dict[str, Path]]:
    """Every rule below the folders, by id, with its file. Raises BadInput with all mistakes of all files."""
    problems: list[Problem] = []
    found: dict[str, Rule] = {}
    files: dict[str, Path] = {}
    for path in rule_files(folders):
        try:
            rule = load_model(path, Rule, label=_LABEL, checks=_rule_mistakes)
        except BadInput as bad:
            problems += bad.problems
            continue
        if rule.id in found:
            _, lines = load_yaml(path)
            message = f"指标编号 {rule.id} 重复，{files[rule.id].name} 已用"
            problems.append(Problem(str(path), lines.get(("id",), 1), "id", message, "换一个编号，或删去其中一个文件"))
            continue
        if path.stem != rule.id and not path.stem.startswith(f"{rule.id}-"):
            message = f"文件名 {path.name} 与指标编号 {rule.id} 不符"
            problems.append(Problem(str(path), 1, "id", message, f"文件改名为 {rule.id}-….yaml"))
        found[rule.id], files[rule.id] = rule, path
    if problems:
        raise BadInput(problems, label=_LABEL)
    return sorted(found.values(), key=lambda rule: rule_key(rule.id)), files


def rule_key(rule_id: str) -> tuple[str, tuple[float, ...], str]:
    """Order of ids: V4.2 before V4.10, D9 before D20."""
    letters = rule_id[: len(rule_id) - len(rule_id.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    number = rule_id[len(letters) :].partition("-")[0]
    parts = number.rstrip("abcdefghijklmnopqrstuvwxyz").split(".")
    return letters, tuple(float(part) for part in parts if part.isdigit()), rule_id


def _rule_mistakes(data: dict[str, Any]) -> Iterator[Mistake]:
    """What pydantic cannot know of a rule file: the check's name, its parameters, the names in its message."""
    name = data.get("check")
    spec = CHECKS.get(str(name)) if name is not None else None
    if name is not None and spec is None:
        guess = nearest(str(name), sorted(CHECKS))
        yield (
            ("check",),
            f"没有名为“{name}”的检查",
            (f"是否为“{guess}”；" if guess else "") + f"可选：{'、'.join(sorted(CHECKS))}",
        )
    if spec is None:
        return
    yield from _param_mistakes(spec, data.get("params", {}))
    message = data.get("message")
    for unknown in sorted(message_fields(message) - spec.fields) if isinstance(message, str) else ():
        known = "、".join(f"{{{field}}}" for field in sorted(spec.fields))
        yield ("message",), f"不认识的占位符“{{{unknown}}}”", f"可用：{known or '无'}"
    yield from _point_mistakes(data)
    points, cap = data.get("points"), data.get("cap")
    if isinstance(points, int | float) and isinstance(cap, int | float) and points > cap:
        yield ("points",), f"每处扣分 {points} 大于总分值 {cap}", "核对 points 与 cap"


def _param_mistakes(spec: CheckSpec, params: Any) -> Iterator[Mistake]:
    try:
        spec.params.model_validate(params if params is not None else {})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path, message, remedy = worded(detail, spec.params)
            yield ("params", *path), message, remedy


def _point_mistakes(data: dict[str, Any]) -> Iterator[Mistake]:
    """Points in the parameters that no case of the rule has."""
    items, params = data.get("items"), data.get("params")
    cases = [one.get("points") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    for name in sorted(POINT_PARAMS & params.keys()) if cases and isinstance(params, dict) else ():
        value = params[name] if isinstance(params, dict) else None
        for one in value.values() if isinstance(value, dict) else [value]:
            if isinstance(one, int | float) and one not in cases:
                told = "、".join(f"{case:g}" for case in cases if isinstance(case, int | float))
                yield ("params", name), f"{name} 的分值 {one:g} 不在逐条情形的分值（{told}）中", "同时修改 items 的分值"


def _chosen(profile: Profile, known: Sequence[Rule], path: Path, files: dict[str, Path]) -> list[Rule]:
    """The profile's rules with its overrides; every id it names must exist."""
    ids = {rule.id for rule in known}
    _, lines = load_yaml(path)
    problems = [
        _unknown_id(str(path), lines.get(where, lines.get(where[:1], 1)), where, rule_id, ids)
        for where, rule_id in _named_ids(profile)
        if rule_id not in ids and rule_id != "all"
    ]
    wanted = ids if "all" in profile.rules else set(profile.rules) | set(profile.also)
    chosen = []
    for rule in known:
        if rule.id in wanted - set(profile.without):
            changed, mistakes = overridden(rule, profile.overrides.get(rule.id))
            here = ("overrides", rule.id)
            problems += [Problem(str(path), lines.get(here, 1), f"overrides.{rule.id}", m, r) for _, m, r in mistakes]
            chosen.append(changed)
    if problems:
        raise BadInput(problems, label="方案")
    return chosen


def _named_ids(profile: Profile) -> Iterator[tuple[tuple[Any, ...], str]]:
    for field in ("rules", "also", "without", "forms"):
        yield from (((field, index), rule_id) for index, rule_id in enumerate(getattr(profile, field)))
    yield from ((("overrides", rule_id), rule_id) for rule_id in profile.overrides)


def _unknown_id(file: str, line: int, where: tuple[Any, ...], rule_id: str, ids: set[str]) -> Problem:
    guess = nearest(rule_id, sorted(ids))
    return Problem(file, line, str(where[0]), f"没有指标 {rule_id}", f"是否为 {guess}" if guess else "核对指标编号")


def overridden(rule: Rule, change: Override | None) -> tuple[Rule, list[Mistake]]:
    """The rule as a profile changes it, and what is wrong with the change."""
    if change is None:
        return rule, []
    values = {name: value for name, value in change.model_dump(exclude_unset=True).items() if name != "params"}
    points = values.pop("items", None)
    if points is not None and len(points) != len(rule.items):
        return rule, [(("items",), f"{rule.id} 有 {len(rule.items)} 种情形，写了 {len(points)} 个分值", "逐条都写")]
    if points is not None:
        items = [item.model_dump() | {"points": one} for item, one in zip(rule.items, points, strict=True)]
        values = {"points": max(points)} | values | {"items": items}
    data = rule.model_dump() | values | {"params": rule.params | change.params}
    mistakes = list(_rule_mistakes(data))
    return (rule, mistakes) if mistakes else (Rule.model_validate(data), [])


def digest_of(profile: Profile, chosen: Iterable[Rule]) -> str:
    """`sha256:…` over the profile and its rules as read, so that comments and line breaks do not count."""
    data = [profile.model_dump(mode="json"), [rule.model_dump(mode="json") for rule in chosen]]
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
