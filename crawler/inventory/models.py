"""What to inspect: the inventory file (contract 2) as typed models. Descriptions are what a user is told to write."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Annotated, Any, Literal
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

ColumnType = Literal[
    "动态要闻", "通知公告", "政策文件", "政策解读", "人事信息", "规划计划", "统计信息", "财政资金", "概况信息",
    "机构职能", "领导信息", "咨询建言", "调查征集", "在线访谈", "办事服务", "信息公开指南", "信息公开年报",
    "依申请公开", "专题", "其他",
]  # fmt: skip
UnitKind = Literal["government", "department", "township", "vertical", "institution"]


def _whole_number_as_text(value: Any) -> Any:
    """`id: 12` and `region_code: 532901` without quotes mean the text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_whole_number_as_text)]
Identifier = Annotated[
    Text,
    Field(pattern=r"^[A-Za-z0-9_\-.]{1,64}$", description="编号，用英文字母、数字、下划线、连字符或点，不超过64个字符"),
]
Name = Annotated[Text, Field(min_length=1)]


_BEIJING = timezone(timedelta(hours=8), "CST")


def _end_of_day(value: Any) -> Any:
    """`until: 2026-11-21` means the whole of that day."""
    if isinstance(value, str) and len(value.strip()) == 10:
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value + timedelta(days=1), time(), _BEIJING)
    return value


def _in_beijing(value: datetime) -> datetime:
    return value.replace(tzinfo=_BEIJING) if value.tzinfo is None else value


Moment = Annotated[datetime, AfterValidator(_in_beijing)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        """`columns:` with nothing behind it is the same as no `columns`."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class Bulletin(_Model):
    """Head and foot of the official document."""

    title: Text = Field(default="", description="通报标题")
    shell: Literal["letterhead", "letter", "plain"] = Field(
        default="letterhead", description="版式：letterhead 红头文件、letter 信函、plain 无版头"
    )
    addressees: list[Text] = Field(default_factory=list, description="主送机关")
    basis: list[Text] = Field(
        default_factory=lambda: ["国办发〔2017〕47号", "国办秘函〔2019〕19号"], description="依据文件"
    )
    deadline_workdays: int = Field(default=10, ge=0, le=250, description="整改期限，单位为工作日")
    contact: Text = Field(default="", description="联系人与电话")


class Unit(_Model):
    """单位: responsible for a site or for columns."""

    id: Identifier
    name: Name = Field(description="单位全称")
    kind: UnitKind = Field(
        default="department",
        description="government 政府、department 部门、township 乡镇街道、vertical 垂管单位、institution 事业单位",
    )


class Column(_Model):
    """栏目: a list of items on a site."""

    id: Identifier
    name: Name = Field(description="栏目名称")
    url: Text = Field(min_length=1, description="栏目列表页网址，可写相对站点首页的地址")
    type: ColumnType = Field(default="其他", description="栏目类型")
    unit: Text | None = Field(default=None, description="责任单位的编号，不写即为站点的主办单位")
    top_level: bool = Field(default=False, description="是否一级栏目")
    update_days: int | None = Field(default=None, ge=1, le=3660, description="应更新的期限（天），不写按栏目类型的规定")


class Closure(_Model):
    """A planned closure: the office told it beforehand, so probes of that time do not count (V2)."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Moment = Field(alias="from", description="停机开始的时间，如 2026-11-20 22:00（北京时间）")
    until: Annotated[Moment, BeforeValidator(_end_of_day)] = Field(
        description="恢复的时间，如 2026-11-21 06:00；只写日期即到当日结束"
    )
    reason: Name = Field(description="停机原因，如 系统升级")

    def covers(self, moment: datetime) -> bool:
        """Whether `moment` (aware) lies in it; the end itself is open again."""
        return self.from_ <= moment < self.until


class Site(_Model):
    """站点: one website with its own home page."""

    id: Identifier
    name: Name = Field(description="网站名称")
    kind: Literal["portal", "department"] = Field(
        default="department", description="portal 门户网站、department 部门网站"
    )
    unit: Text = Field(description="主办单位的编号，须在 units 中")
    url: Text = Field(pattern=r"^https?://", description="首页网址，以 http:// 或 https:// 开头")
    site_code: Text | None = Field(default=None, description="网站标识码")
    aliases: list[Text] = Field(default_factory=list, description="同一网站的其他域名")
    own_hosts: list[Text] = Field(default_factory=list, description="同一单位的其他系统的域名")
    walk: bool = Field(default=False, description="own_hosts 是否一并巡查")
    ignore: list[Text] = Field(default_factory=list, description="不巡查的路径（正则表达式）")
    robots: Literal["obey", "ignore"] = Field(
        default="obey", description="obey 遵守网站的 robots.txt、ignore 已征得网站同意，可不遵守"
    )
    search_url: Text | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+/\S*\{title\}\S*$",
        description="站内搜索结果页的网址，检索词处写 {title}，如 http://www.yunling.gov.cn/search?q={title}；不写即由人试搜",
    )
    closures: list[Closure] = Field(default_factory=list, description="计划停机，期间的监测不计")
    columns: list[Column] = Field(default_factory=list, description="栏目，不写则由首页导航自动发现")

    def closed_at(self, moment: datetime) -> bool:
        """Whether the site is closed by plan at that aware moment."""
        return any(closure.covers(moment) for closure in self.closures)

    @property
    def host(self) -> str:
        """Host name of the home page, lower case, without port."""
        return (urlsplit(self.url).hostname or "").lower()

    def column_url(self, column: Column) -> str:
        """Absolute address of the column's list page."""
        return urljoin(self.url, column.url)


class MediaAccount(_Model):
    """政务新媒体 account in the register."""

    unit: Text = Field(description="主办单位的编号，须在 units 中")
    platform: Name = Field(description="平台，如 微信公众号")
    name: Name = Field(description="账号名称")
    last_post: date | None = Field(default=None, description="最近一次更新的日期，如 2026-11-18")
    state: Literal["正常", "已注销", "已合并"] = Field(default="正常", description="账号状态，已注销、已合并的不检查")
    service: bool = Field(default=False, description="true 为服务类账号，不要求更新")
    page: Text | None = Field(
        default=None, pattern=r"^https?://[^\s/]+", description="列出该账号最新内容的公开网页；取其最近日期"
    )
    feed: Text | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+",
        description="该账号的订阅地址（RSS、Atom 或 JSON Feed）；取其条目的最近日期",
    )


class Registered(_Model):
    """One site as 全国政府网站信息报送系统 has it, exported by the office."""

    name: Name = Field(description="登记的网站名称")
    url: Text = Field(
        pattern=r"^(?:https?://)?[^\s/:]+\.[^\s/:]+(?::\d+)?(?:/\S*)?$", description="登记的域名或首页网址"
    )
    unit: Text = Field(default="", description="登记的主办单位名称")
    site_code: Text = Field(default="", description="登记的网站标识码")
    state: Literal["正常运行", "临时下线", "永久下线"] = Field(default="正常运行", description="登记的运行状态")
    since: date | None = Field(default=None, description="该状态自哪一天起，如 2026-09-01")

    @property
    def host(self) -> str:
        """Host name, lower case, without port."""
        return (urlsplit(self.url if "://" in self.url else f"//{self.url}").hostname or "").lower()


class Exemption(_Model):
    """A finding that a named person took out until a date."""

    rule: Name = Field(description="指标编号，如 V4.3")
    url: Name = Field(description="问题所在的网址")
    until: date = Field(description="豁免到哪一天，如 2027-01-31")
    reason: Name = Field(description="豁免理由")
    by: Name = Field(description="批准人")


class Inventory(_Model):
    """A city's units, sites and what its bulletin needs."""

    city: Name = Field(description="市、县名称")
    region_code: Text = Field(pattern=r"^\d{6}$", description="行政区划代码（GB/T 2260），6位数字")
    issuer: Name = Field(description="印发通报的机关")
    bulletin: Bulletin = Field(default_factory=Bulletin, description="通报的版式与文字")
    units: list[Unit] = Field(min_length=1, description="单位名录，至少一个")
    sites: list[Site] = Field(min_length=1, description="站点名录，至少一个")
    media_accounts: list[MediaAccount] = Field(default_factory=list, description="政务新媒体名录")
    registered: list[Registered] = Field(
        default_factory=list, description="全国政府网站信息报送系统中的登记，用于核对名称、域名、主办单位和运行状态"
    )
    exemptions: list[Exemption] = Field(default_factory=list, description="经批准的豁免")

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id; StopIteration when the inventory was not validated."""
        return next(u for u in self.units if u.id == unit_id)

    def site(self, site_id: str) -> Site:
        """The site of that id; StopIteration never reaches a validated inventory."""
        return next(s for s in self.sites if s.id == site_id)
