"""The words of a bulletin, read from wording.yaml so that an office can change them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
    """The points to choose from, and the heading of the last one."""

    most: int
    items: list[Requirement]
    deadline_heading: str


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
    repeat_heading: str
    part_phrases: dict[str, str]
    requirements: Requirements
    slots: dict[str, str]

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

    Raises WordingError for a missing file, broken YAML or an unknown field.
    """
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WordingError(f"读不到用语文件 {path}：{error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise WordingError(f"用语文件 {path} 不是有效的 YAML：{error}") from error
    if not isinstance(raw, Mapping):
        raise WordingError(f"用语文件 {path} 应由“名称: 内容”各行组成，可参照 {WORDING.name}")
    base = yaml.safe_load(WORDING.read_text(encoding="utf-8")) if path != WORDING else {}
    try:
        return Wording.model_validate({**base, **raw})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WordingError(f"用语文件 {path} 的 {place} 有误：{first['msg']}") from error
