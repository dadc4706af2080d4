"""A round's profile: which indicators apply, with which windows, points and allowed platforms."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from crawler.inventory import ColumnType
from rules.windows import Window


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Override(_Model):
    """What an office changes in one rule; everything left out stays as the rule file has it."""

    params: dict[str, Any] = Field(default_factory=dict, description="替换检查方法的参数")
    points: float | None = Field(default=None, ge=0, le=100, description="每处扣（加）分")
    cap: float | None = Field(default=None, gt=0, le=100, description="本项指标总分值")
    items: list[float] | None = Field(
        default=None, min_length=1, description="逐条情形的分值，依次对应指标文件的 items"
    )
    applies_to: list[Literal["portal", "department"]] | None = Field(default=None, min_length=1, description="适用范围")
    level: Literal["veto", "part", "deduction", "bonus", "advice"] | None = Field(default=None, description="指标级别")
    review: Literal["none", "required"] | None = Field(default=None, description="是否须人工确认")


class Recheck(_Model):
    """How often a failed address is asked again before it is printed (contract 4)."""

    attempts: int = Field(default=2, ge=1, le=10, description="同一轮内至少失败几次才算不可用")
    hours_apart: float = Field(default=6, ge=0, le=720, description="5xx、超时等两次复查至少相隔几小时")


class Discovered(_Model):
    """What a column weighs that the crawler found and no inventory names."""

    certainty: Literal["confirmed", "suspected"] = Field(
        default="confirmed", description="自动发现的栏目，问题算确认还是疑似"
    )


class Platform(_Model):
    """A host of another body that columns and services may stand on."""

    host: str = Field(min_length=3, description="域名，*. 开头表示其下级域名，如 *.zwfw.gov.cn")
    reason: str = Field(min_length=1, description="为什么允许")


class Scoring(_Model):
    """Fail line, bonus gate and whose sites are scored (国办秘函〔2019〕19号)."""

    fail_below: float = Field(default=60, ge=0, le=100, description="低于此分不合格")
    bonus_above: float = Field(default=80, ge=0, le=100, description="高于此分进入加分")
    portals: bool = Field(default=True, description="门户网站是否评分")
    departments: bool = Field(default=False, description="部门网站是否评分")
    no_services: list[str] = Field(
        default_factory=list, description="没有对外服务职能的门户站点编号：办事服务不检查，乘4/3"
    )
    ministry_functions: float = Field(default=4, ge=0, le=100, description="国务院部门门户机构职能的分值")
    ministries: list[str] = Field(default_factory=list, description="国务院部门门户站点编号：不检查概况信息")


class Profile(_Model):
    """One file of rules/profiles."""

    name: str = Field(pattern=r"^[A-Za-z0-9_\-]{1,64}$", description="方案名称，与文件名相同")
    title: str = Field(min_length=1, description="方案的中文名称")
    extends: str | None = Field(default=None, description="在哪个方案的基础上修改：方案名或文件路径")
    rules: list[str] = Field(default_factory=list, description="采用的指标编号；[all] 为全部")
    also: list[str] = Field(default_factory=list, description="在 rules 之外另加的指标编号，如本单位自定的")
    without: list[str] = Field(default_factory=list, description="不采用的指标编号")
    folders: list[str] = Field(default_factory=list, description="本单位自定指标所在的文件夹，相对本文件")
    overrides: dict[str, Override] = Field(default_factory=dict, description="按指标编号修改")
    windows: dict[ColumnType, Window] = Field(default_factory=dict, description="各类栏目的更新期限")
    home_window: Window = Field(default=Window(days=14), description="首页更新期限")
    never_blank: list[ColumnType] = Field(default_factory=list, description="不判空白的栏目类型")
    discovered: Discovered = Field(default_factory=Discovered, description="自动发现的栏目")
    recheck: Recheck = Field(default_factory=Recheck, description="复查办法")
    platforms: list[Platform] = Field(default_factory=list, description="允许使用的统一平台域名")
    scoring: Scoring = Field(default_factory=Scoring, description="评分办法")
    forms: list[str] = Field(default_factory=list, description="请人工填报的指标编号")

    def allows(self, host: str) -> bool:
        """True when the host is one of the allowed platforms, compared label by label."""
        return any(host_matches(platform.host, host) for platform in self.platforms)


def host_matches(pattern: str, host: str) -> bool:
    """`zwfw.*.gov.cn` takes one label for each `*`; a leading `*.` takes one or more labels."""
    wanted, labels = pattern.lower().split("."), host.lower().split(".")
    if wanted[0] == "*" and len(labels) > len(wanted):
        labels = ["*", *labels[len(labels) - len(wanted) + 1 :]]
    return len(wanted) == len(labels) and all(w in ("*", part) for w, part in zip(wanted, labels, strict=True))
