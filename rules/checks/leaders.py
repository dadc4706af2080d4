"""领导信息: the column is missing, or a leader's page lacks the résumé that the others have (D3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.checks.presence import PresenceParams, column_presence
from rules.context import Context
from rules.registry import Draft, PageVisitor, page_check
from rules.schema import Rule

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔"
    "伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁"
)
_NAME = re.compile(rf"^(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|(?=.*·)[\u4e00-\u9fff·]{{4,12}})$")
_NO_NAME = re.compile(r"领导|信息|简历|简介|分工|政府|机构|公开|职务|[市县区局]长|主任|文件|活动|讲话")
_DUTIES = re.compile(r"负责|分管|主持|协助|联系")
_RESUME = re.compile(r"出生|生于|\d月生|籍贯|学历|学位|毕业|参加工作|入党|党员|[\u4e00-\u9fff]族[，,、]|简历|履历")


@dataclass
class _Leaders:
    site: SiteFacts
    rule: Rule
    ctx: Context
    columns: set[str]
    lists: set[str]
    people: dict[str, PageFact] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """A leader's page is headed by nothing but a name."""
        name = _name(page)
        stands = page.column in self.columns and page.url not in self.lists and page.region != "home"
        if stands and _NAME.match(name) and not _NO_NAME.search(name):
            self.people[page.url] = page

    def drafts(self) -> Iterator[Draft]:
        yield from column_presence(self.site, self.rule, self.ctx)
        told, silent = [], []
        for url, page in sorted(self.people.items()):
            reading = self.ctx.reading(self.site, url)
            if reading is None or reading.cut:
                continue
            shown = reading.guide.pictures + reading.guide.files
            if _RESUME.search(reading.text):
                told.append(shown)
            elif _DUTIES.search(reading.text):
                silent.append((page, shown))
        if len(told) <= len(silent):
            return  # the site tells it elsewhere, or these are not the pages of leaders
        for page, shown in silent:
            if shown <= min(told):  # more pictures than the others have may be the résumé
                yield self._draft(page)

    def _draft(self, page: PageFact) -> Draft:
        return Draft(
            subject=page.url,
            message=f"领导信息“{_name(page)}”页面未见简历，同栏目其他领导的页面有",
            gist="resume",
            certainty="suspected",
            unit=page.unit,
            column=page.column,
            where=where([page]),
            where_count=1,
            observed={"points": min((item.points for item in self.rule.items), default=0)},
        )


def _name(page: PageFact) -> str:
    return re.sub(r"[\s　]", "", page.headline or re.split(r"[_|-]", page.title or "")[0])


@page_check("leaders", params=PresenceParams, fields=("name",))
def leaders(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D3 candidates: whether names and résumés are right, a person sees."""
    params = PresenceParams.model_validate(rule.params)
    columns = {fact.column.id for fact in site.columns if fact.column.type in params.types}
    return _Leaders(site, rule, ctx, columns, {fact.url for fact in site.columns})
