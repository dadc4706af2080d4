"""Rule files, findings and verdicts as typed models (contracts 3 and 5)."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["veto", "part", "deduction", "bonus", "advice"]
Certainty = Literal["confirmed", "suspected"]
Region = Literal["home", "column", "article", "other"]
VerdictName = Literal["合格", "不合格", "待人工复核"]
Category = Literal[
    "站点无法访问", "首页不更新", "栏目不更新", "空白栏目", "链接不可用", "域名不规范", "IPv6不支持", "网站标识",
    "找错入口", "页面标签", "互动回应", "办事服务", "政策解读", "信息公开", "站内搜索", "错敏表述", "隐私泄露",
    "暗链外链", "弄虚作假", "政务新媒体", "安全", "其他",
]  # fmt: skip
Status = Literal["新增", "未整改", "已整改", "反弹", "误报"]


def region_of(name: str) -> Region:
    """The page class of that name, `other` for an unknown one."""
    return cast(Region, name) if name in get_args(Region) else "other"


class Item(BaseModel):
    """One numbered case of an indicator, in our own words, with its points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, description="情形")
    points: float = Field(ge=0, le=100, description="每处扣（加）分")


class Rule(BaseModel):
    """One indicator: one YAML file of rules/indicators."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=r"^[A-Z]{1,3}\d+(?:\.\d+)?[a-z]?(?:-[a-z0-9\-]+)?$",
        description="指标编号，如 V4.3、D22，本单位自定的加后缀，如 T1-banner",
    )
    name: str = Field(min_length=1, description="指标名称")
    document: str = Field(min_length=1, description="依据文件及文号")
    clause: str = Field(description="文件中的条款")
    applies_to: list[Literal["portal", "department"]] = Field(
        min_length=1, description="适用范围：portal 门户网站、department 部门网站"
    )
    level: Level = Field(description="veto 单项否决、part 累计项、deduction 扣分、bonus 加分、advice 建议")
    category: Category = Field(description="问题类别")
    check: str = Field(description="检查方法的名称，见 rules/checks")
    params: dict[str, Any] = Field(default_factory=dict, description="检查方法的参数")
    points: float | None = Field(default=None, ge=0, le=100, description="每处扣（加）分")
    cap: float | None = Field(default=None, gt=0, le=100, description="本项指标总分值")
    evidence: list[str] = Field(default_factory=list)
    review: Literal["none", "required"] = "none"
    message: str
    fix: str = ""
    automation: Literal["Y", "P", "N"] = Field(default="Y", description="Y 机器判定、P 机器找线索由人确认、N 人工填报")
    items: list[Item] = Field(default_factory=list, description="逐条情形与分值")
    group: str = Field(default="", description="一级指标，如 发布解读")
    how: str = Field(default="", description="怎样检查，写给办公室看")
    cannot_see: str = Field(default="", description="机器看不到什么")


class Where(BaseModel):
    """A page that shows the problem."""

    page: str
    text: str = ""
    region: Region = "other"


class Finding(BaseModel):
    """问题: one breach of one indicator at one place (contract 3). `deduction` is in points, None where not scored."""

    fingerprint: str
    rule: str
    category: Category
    level: Level
    certainty: Certainty
    site: str
    unit: str
    column: str | None = None
    subject: str
    where: list[Where] = Field(default_factory=list)
    where_count: int = 0
    observed: dict[str, Any] = Field(default_factory=dict)
    deduction: float | None = None
    bonus: float | None = Field(default=None, description="加分指标得分，只在扣分结果高于80分时计入")
    message: str
    fix: str = ""
    clause: str = ""
    status: Status = "新增"
    first_seen: str = ""
    times: int = 1
    needs_review: bool = False


class SiteVerdict(BaseModel):
    """结论 of one site."""

    id: str
    name: str = ""
    unit: str = ""
    kind: str = ""
    url: str = ""
    verdict: VerdictName
    score: float | None = None
    vetoes: list[str] = Field(default_factory=list)
    pages: int = 0
    requests: int = 0
    links_checked: int = 0
    blocked: int = 0
    unchecked: int = 0
    notes: list[str] = Field(default_factory=list)
    problems: int = 0


class CoverageSum(BaseModel):
    """Sums over the sites, countable in the fact store."""

    sites: int = 0
    pages: int = 0
    links_checked: int = 0
    blocked: int = 0
    unchecked: int = 0
    errors: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)


class CheckError(BaseModel):
    """A check that raised: told in the run report, never a finding."""

    rule: str
    site: str
    error: str


class Judgement(BaseModel):
    """findings.json: one round as judged (contract 3)."""

    round: str
    as_of: str
    tool: str
    profile: str
    rules_digest: str
    coverage: CoverageSum
    sites: list[SiteVerdict]
    findings: list[Finding]
    errors: list[CheckError] = Field(default_factory=list)
    closed: list[Finding] = Field(default_factory=list, description="上轮存在、本轮已整改的问题")
    extra: dict[str, Any] = Field(default_factory=dict, description="栏目更新、IPv6、信息发布等统计，供文档使用")
