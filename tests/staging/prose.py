"""Titles and texts in the manner of government sites; the same column and index always give the same words."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Article, Column

_TITLES = {
    "动态要闻": [
        "{unit}召开{topic}工作推进会",
        "全市{topic}现场会在{place}召开",
        "{topic}工作取得阶段性成效",
        "市政府领导到{place}调研{topic}工作",
        "{place}扎实推进{topic}",
        "{unit}开展{topic}专题培训",
        "{unit}组织开展{topic}督导检查",
        "我市安排部署{season}{topic}工作",
    ],
    "通知公告": [
        "{unit}关于做好{year}年{topic}有关工作的通知",
        "{unit}关于{topic}有关事项的公告",
        "关于开展{topic}专项检查的通告",
        "{unit}关于公开征求{topic}方案意见的公告",
        "关于{place}{topic}项目公示",
        "{unit}{year}年{topic}结果公示",
    ],
    "政策文件": [
        "关于印发云岭市{topic}实施方案的通知",
        "关于进一步加强{topic}工作的意见",
        "关于印发云岭市{topic}管理办法的通知",
        "关于做好{year}年{topic}工作的通知",
        "云岭市{topic}三年行动计划",
        "关于支持{topic}若干措施的通知",
    ],
    "政策解读": ["《云岭市{topic}实施方案》政策解读", "一图读懂云岭市{topic}若干措施", "《云岭市{topic}管理办法》解读"],
    "人事信息": [
        "云岭市人民政府关于{surname}××等同志职务任免的通知",
        "{year}年事业单位公开招聘工作人员公告（第{k}号）",
        "关于{unit}拟任职人员的公示（{k}）",
    ],
    "规划计划": ["云岭市{topic}“十四五”规划", "{unit}{year}年工作计划", "云岭市{topic}专项规划（{year}年）"],
    "统计信息": [
        "{year}年{month}月全市{topic}主要数据",
        "{year}年前{month}个月经济运行情况",
        "云岭市{year}年{topic}统计公报",
    ],
    "财政资金": [
        "{unit}{year}年度部门预算公开",
        "{year}年{topic}资金分配情况公示",
        "关于下达{year}年{topic}补助资金的通知",
    ],
    "咨询建言": ["关于{topic}有关问题的咨询", "建议加强{place}{topic}", "请问{topic}如何办理"],
    "调查征集": [
        "关于《云岭市{topic}办法（征求意见稿）》公开征求意见",
        "{topic}满意度网上调查",
        "{topic}意见征集结果反馈",
    ],
    "在线访谈": ["{unit}负责人谈{topic}", "在线访谈：{topic}热点问题解答"],
    "信息公开年报": ["{unit}{year}年政府信息公开工作年度报告", "云岭市人民政府网站工作年度报表（{year}年度）"],
    "专题": ["{place}打好{topic}攻坚战", "{topic}专题：{place}在行动", "{topic}工作简报第{k}期"],
    "其他": [
        "{unit}{year}年{topic}情况公示",
        "{place}{topic}工作进展",
        "{topic}政策问答（{k}）",
        "{year}年第{k}批{topic}名单公示",
    ],
}
_PLACES = ["凤鸣镇", "龙源乡", "云溪镇", "青石乡", "大箐镇", "白沙坪乡", "永兴社区", "松林村", "马街镇", "西山街道"]
_SENTENCES = [
    "会议强调，各级各部门要进一步提高思想认识，压实工作责任，坚持问题导向，把{topic}作为当前的一项重要任务抓紧抓实。",
    "今年以来，{unit}围绕中心、服务大局，健全工作机制，细化任务清单，{topic}各项指标保持平稳向好。",
    "工作人员深入{place}走访群众，详细了解{topic}落实情况，现场解答群众关心的问题{k}个。",
    "要强化部门协同，加强信息共享，定期调度通报，确保{topic}各项措施落到实处、见到实效。",
    "据介绍，全市共投入资金{k}万元，覆盖{k2}个村（社区），受益群众{k3}人次。",
    "下一步，{unit}将持续优化服务流程，主动接受社会监督，推动{topic}再上新台阶。",
    "办理时间为工作日上午8:30至12:00，下午14:30至18:00；咨询电话：0872-{phone}。",
    "请各单位结合实际，认真抓好贯彻落实，并于规定时限内将工作开展情况书面报送。",
    "对工作中发现的问题，要建立台账、限期整改、逐项销号，防止同类问题反复发生。",
    "群众如有意见建议，可通过市人民政府门户网站“政民互动”栏目或者12345政务服务便民热线反映。",
]


def short(title: str) -> str:
    """A title cut to what fits into a file name or another title."""
    return title.removeprefix("关于印发").removesuffix("的通知").strip("《》")[:24]


def _words(column: Column, rng: random.Random, day: date) -> dict[str, object]:
    return {
        "unit": column.unit.name.removesuffix("办公室"),
        "topic": rng.choice(column.unit.topics),
        "place": rng.choice(_PLACES),
        "year": day.year,
        "month": day.month,
        "k": rng.randint(2, 36),
        "k2": rng.randint(3, 48),
        "k3": rng.randint(100, 9800),
        "phone": rng.randint(2100000, 2999999),
        "surname": rng.choice("李王张刘陈杨赵"),
        "season": ("冬季", "春季", "夏季", "秋季")[day.month % 12 // 3],
    }


def title(column: Column, index: int, day: date) -> str:
    """Title of the column's item `index`, fitting its type, its unit and its day."""
    rng = random.Random(f"title/{column.site.id}/{column.id}/{index}")
    forms = _TITLES.get(column.type, _TITLES["其他"])
    return forms[(index + column.number) % len(forms)].format(**_words(column, rng, day))


def paragraphs(article: Article) -> list[str]:
    """Body of an article, four to seven paragraphs."""
    column = article.column
    rng = random.Random(f"text/{column.site.id}/{column.id}/{article.index}")
    words = _words(column, rng, article.published.date())
    topics = [t for t in column.unit.topics if t in article.title]
    words["topic"] = topics[0] if topics else words["topic"]
    lead = f"近日，{article.title}。" if column.type == "动态要闻" else "各乡镇人民政府，市直各部门："
    return [lead, *(s.format(**words) for s in rng.sample(_SENTENCES, rng.randint(4, 7)))]


def about(column: Column) -> list[str]:
    """Text of a column that is a page of its own (机构职能, 概况信息 …)."""
    unit = column.unit
    if column.type == "概况信息":
        return [
            "云岭市位于滇云省西部，地处横断山脉南端，全市国土面积2876平方公里，辖8个乡镇、96个村（社区），总人口38.6万人。",
            "境内山川秀美、气候温润，年平均气温15.8℃，森林覆盖率67.2%，素有“云上之岭、茶马古驿”的美誉。",
            "近年来，全市以高原特色农业、文化旅游、绿色能源为支柱，经济社会持续健康发展。",
        ]
    duties = "；".join(f"（{i}）负责全市{t}有关工作" for i, t in enumerate(unit.topics, 1))
    return [
        f"{unit.name}的主要职责是：{duties}；完成市委、市政府交办的其他任务。",
        "内设机构：办公室、政策法规股、业务管理股、监督检查股、财务股。",
        f"办公地址：云岭市金鸡路{10 + column.number}号。办公时间：工作日上午8:30—12:00，下午14:30—18:00。"
        f"联系电话：0872-2{100100 + column.number}。",
    ]
