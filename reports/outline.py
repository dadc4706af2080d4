"""政务公开工作要点落实情况: the skeleton of the year's report with the numbers that the system has."""

from __future__ import annotations

from collections.abc import Sequence

from reports import figures
from reports.bulletin import lines, phrases
from reports.gbt9704 import render
from reports.numbers import compute
from reports.paper import Annex, Outline, Paper
from reports.stored import Stored
from reports.wording import SLOT
from reports.yearwork import work_rows
from rules.ledger import Ledger

Row = tuple[str, str, int, str, str, str]


def outline_report(stored: Stored, classes: Sequence[Row], ledger: Ledger) -> bytes:
    """The report as DOCX: every sentence with a number is counted, all else stands as a marked slot."""
    n = compute(stored.judgement, stored.inventory, stored.previous)
    period = figures.period_name(stored.judgement.round)
    day = figures.moment(stored.judgement.as_of).date()
    total = sum(row[2] for row in classes)
    out = Outline()
    out.p(f"现将{period}政务公开工作要点落实情况报告如下。")
    out.h1("主动公开情况")
    shown = "、".join(f"{name}{count}条（占{share}）" for _, name, count, share, *_ in classes if count)
    out.p(f"{period}各网站共发布信息{total}条" + (f"，其中{shown}" if shown else "") + "（详见附件）。")
    out.h1("政策解读和回应关切情况")
    counted = dict(n.published.by_type)
    if kinds := [(name, counted[name]) for name in ("政策解读", "调查征集", "在线访谈") if counted.get(name)]:
        out.p("其中，" + "、".join(f"{name}类信息{count}条" for name, count in kinds) + "。")
    out.p(f"{SLOT}本年度政策解读、回应关切的主要做法和成效】。")
    out.h1("平台建设和监管情况")
    rate = figures.rate(n.sites.passed, n.sites.concluded)
    out.p(
        f"全年开展网站巡查{len(stored.rounds)}轮。截至{figures.day_name(day)}，检查网站{n.sites.checked}个，"
        f"合格率为{rate}；未整改的问题{len(n.problems)}个。"
    )
    work = {name: value for name, value, *_ in work_rows(stored, ledger)}
    done = (("清理失效链接", "条"), ("整改未更新和空白栏目", "个"), ("清理规范域名", "个"))
    parts = "、".join(f"{name}{work[name]}{unit}" for name, unit in done if work[name])
    text = f"全年发现问题{work['发现问题']}个，完成整改{work['完成整改']}个"
    out.p(text + (f"，其中{parts}。" if parts else "。"))
    if work["转载上级政策文件"]:
        out.p(f"各网站转载国务院、国务院办公厅等文件{work['转载上级政策文件']}件。")
    out.p(f"{SLOT}印发通报、专项整治、培训等情况】。")
    out.h1("存在的问题和下一步打算")
    open_ = "、".join(f"{name}{count}个" for name, count in n.by_category)
    out.p(f"目前存在的问题主要有：{open_}。" if open_ else "本期巡查未发现需整改的问题。")
    out.p(f"{SLOT}原因分析和下一步打算】。")
    title = phrases(f"{stored.inventory.issuer}关于{period}政务公开工作要点落实情况的报告")
    rows = [(str(i), f"{name}（{item}）", str(c), s, d, u) for i, (item, name, c, s, d, u) in enumerate(classes, 1)]
    head = ("序号", "公开类别（条例依据）", "发布数（条）", "占比", "最近更新日期", "责任单位")
    annex = Annex(f"{period}信息公开分类统计表", head, (12, 80, 24, 18, 28, 63), tuple(rows), frozenset({1, 5}))
    paper = Paper(
        shell="plain",
        issuer=stored.inventory.issuer,
        doc_no="",
        title=title,
        addressees="",
        blocks=tuple(out.blocks),
        signed=day,
        annexes=(annex,),
        subject="".join(title),
    )
    return render(paper, lines(title))
