"""What to inspect: the inventory file (contract 2) as typed models."""

from __future__ import annotations

from datetime import date
from typing import Literal
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict, Field

ColumnType = Literal[
    "动态要闻", "通知公告", "政策文件", "政策解读", "人事信息", "规划计划", "统计信息", "财政资金", "概况信息",
    "机构职能", "领导信息", "咨询建言", "调查征集", "在线访谈", "办事服务", "信息公开指南", "信息公开年报",
    "依申请公开", "专题", "其他",
]  # fmt: skip
UnitKind = Literal["government", "department", "township", "vertical", "institution"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Bulletin(_Model):
    """Head and foot of the official document."""

    title: str = ""
    shell: Literal["letterhead", "letter", "plain"] = "letterhead"
    addressees: list[str] = Field(default_factory=list)
    basis: list[str] = Field(default_factory=lambda: ["国办发〔2017〕47号", "国办秘函〔2019〕19号"])
    deadline_workdays: int = Field(10, ge=0, le=250)
    contact: str = ""


class Unit(_Model):
    """单位: responsible for a site or for columns."""

    id: str = Field(pattern=r"^[A-Za-z0-9_\-.]{1,64}$")
    name: str = Field(min_length=1)
    kind: UnitKind = "department"


class Column(_Model):
    """栏目: a list of items on a site."""

    id: str = Field(pattern=r"^[A-Za-z0-9_\-.]{1,64}$")
    name: str = Field(min_length=1)
    url: str = Field(min_length=1)
    type: ColumnType = "其他"
    unit: str | None = None
    top_level: bool = False
    update_days: int | None = Field(None, ge=1, le=3660)


class Site(_Model):
    """站点: one website with its own home page."""

    id: str = Field(pattern=r"^[A-Za-z0-9_\-.]{1,64}$")
    name: str = Field(min_length=1)
    kind: Literal["portal", "department"] = "department"
    unit: str
    url: str = Field(pattern=r"^https?://")
    site_code: str | None = None
    aliases: list[str] = Field(default_factory=list)
    own_hosts: list[str] = Field(default_factory=list)
    walk: bool = Field(False, description="own_hosts 是否一并巡查")
    ignore: list[str] = Field(default_factory=list)
    robots: Literal["obey", "ignore"] = "obey"
    columns: list[Column] = Field(default_factory=list)

    @property
    def host(self) -> str:
        """Host name of the home page, lower case, without port."""
        return (urlsplit(self.url).hostname or "").lower()

    def column_url(self, column: Column) -> str:
        """Absolute address of the column's list page."""
        return urljoin(self.url, column.url)


class MediaAccount(_Model):
    """政务新媒体 account in the register."""

    unit: str
    platform: str
    name: str
    last_post: date | None = None


class Exemption(_Model):
    """A finding that a named person took out until a date."""

    rule: str
    url: str
    until: date
    reason: str
    by: str


class Inventory(_Model):
    """A city's units, sites and what its bulletin needs."""

    city: str
    region_code: str = Field(pattern=r"^\d{6}$")
    issuer: str
    bulletin: Bulletin = Field(default_factory=Bulletin)
    units: list[Unit]
    sites: list[Site]
    media_accounts: list[MediaAccount] = Field(default_factory=list)
    exemptions: list[Exemption] = Field(default_factory=list)

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id; KeyError when the inventory was not validated."""
        return next(u for u in self.units if u.id == unit_id)

    def site(self, site_id: str) -> Site:
        """The site of that id; StopIteration never reaches a validated inventory."""
        return next(s for s in self.sites if s.id == site_id)
