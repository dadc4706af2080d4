"""The words of a bulletin, read from wording.yaml so that an office can change them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from reports.wording_slots import line_of, named, said, slot_faults
from rules.schema import Category

WORDING = Path(__file__).with_name("wording.yaml")
SLOT = "【此处由起草人填写："


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Model):
    """A degree word and the share below which it is used."""

    below: float
    word: str


class Degree(_Model):
    """程度词: 个别 < 少数 < 部分 < 多数, and the word for what also stood in the last bulletin."""

    few: int
    scale: list[Step] = Field(min_length=1)
    still: str


class Group(_Model):
    """A point of 二、发现的主要问题."""

    key: str
    categories: list[str]
    heading: str
    lead: str


class Requirement(_Model):
    """A point of 三、下一步工作要求; `when` empty means always."""

    heading: str
    when: list[str] = Field(default_factory=list)
    text: str


class Requirements(_Model):
    """The points to choose from; heading of the last one, and the paragraph that ends the text."""

    most: int
    items: list[Requirement]
    deadline_heading: str
    consequence: str


class Wording(_Model):
    """All fixed words of a bulletin."""

    title: str
    opening: str
    method: str
    degree: Degree
    masked: list[str]
    masked_fact: str
    masked_url: str
    groups: list[Group]
    subject_headings: dict[str, str]
    repeat_heading: str
    part_phrases: dict[str, str]
    requirements: Requirements
    slots: dict[str, str]

    @field_validator("groups")
    @classmethod
    def _every_category_is_told(cls, groups: list[Group]) -> list[Group]:
        known, told = set(get_args(Category)), [c for group in groups for c in group.categories]
        if unknown := [c for c in told if c not in known]:
            raise ValueError(f"没有“{'”“'.join(unknown)}”这一问题类别")
        if missing := [c for c in get_args(Category) if c not in told]:
            raise ValueError(f"各组的 categories 没有包含“{'”“'.join(missing)}”，这些问题会漏写")
        return groups

    def degree_word(self, count: int, base: int) -> str:
        """The degree word for `count` of `base`; few are 个别 unless they are half of all."""
        share = count / base if base else 1.0
        scale = self.degree.scale
        if count <= self.degree.few and share < 0.5:
            return scale[0].word
        return next((step.word for step in scale if share < step.below), scale[-1].word)

    def slot(self, key: str) -> str:
        """The mark that asks a person for what no machine may invent."""
        return f"{SLOT}{self.slots[key]}】"


class WordingError(Exception):
    """A wording file cannot be used; the message is Chinese and names the field."""


@cache
def standard() -> Wording:
    """The wording that ships with the project."""
    return load(WORDING)


def load(path: Path) -> Wording:
    """Read a wording file; what it leaves out is taken from the shipped one.

    Raises WordingError for a missing file, broken YAML, an unknown field or a slot that does not exist.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw: Any = yaml.safe_load(text)
    except OSError as error:
        raise WordingError(f"读不到用语文件 {path}：{error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise WordingError(f"用语文件 {path} 不是有效的 YAML：{error}") from error
    if not isinstance(raw, Mapping):
        raise WordingError(f"用语文件 {path} 应由“名称: 内容”各行组成，可参照 {WORDING.name}")
    base = yaml.safe_load(WORDING.read_text(encoding="utf-8")) if path != WORDING else {}
    whole = merged(base, raw)
    faults = [(tuple(error["loc"]), said(error)) for error in _faults(whole)] or list(slot_faults(whole))
    if faults:
        told = (f"第{line_of(text, place)}行 {named(place)}：{fault}" for place, fault in faults)
        raise WordingError(f"用语文件 {path} 有误：\n" + "\n".join(told))
    return Wording.model_validate(whole)


def _faults(whole: Mapping[str, Any]) -> list[Any]:
    try:
        Wording.model_validate(whole)
    except ValidationError as error:
        return list(error.errors())
    return []


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what `own` says instead; mappings are merged by name, lists are replaced whole."""
    both = dict(base)
    for key, value in own.items():
        under = base.get(key)
        both[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both
