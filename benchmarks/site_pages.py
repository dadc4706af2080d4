"""Article pages of one made-up site, like those of the bench city: 29 kB, 60 links, the same menus on every page."""

from __future__ import annotations

import random
from collections.abc import Iterator


def _list(words: str) -> list[str]:
    return words.split()


HOST = "http://www.yunling.example"
COLUMNS = _list(
    "政务公开 通知公告 政务动态 部门动态 政策文件 政策解读 人事信息 财政信息 规划计划 统计信息 应急管理 安全生产 "
    "建议提案 重点领域 社会公益 行政执法 政府采购 新闻发布 回应关切 领导活动"
)
WHO = _list("各县（市、区）人民政府 市直有关单位 各乡镇（街道） 有关责任单位 各行业主管部门 窗口服务人员")
HOW = _list("要切实 应当认真 必须进一步 按照职责分工 结合本地实际 不折不扣地")
DOES = _list("贯彻落实 组织推进 统筹协调 优化完善 督促检查 研究制定 规范公开 排查整治")
WHAT = _list(
    "政务公开标准化规范化建设 优化营商环境若干措施 安全生产专项整治三年行动 乡村振兴战略重点任务 "
    "保障和改善民生实事项目 重大行政决策程序规定 防汛抗旱应急预案 政务服务事项清单"
)
STYLE = "text-indent: 2em; line-height: 1.75em; margin-bottom: 5px; margin-top: 5px;"
SIZE = 29_000


def site_pages(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(address, body) of that many articles, no two alike; the same seed gives the same bytes."""
    chance = random.Random(seed)
    for number in range(count):
        folder = number % len(COLUMNS)
        day = f"20{chance.randint(20, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        address = f"/lm{folder}/{day[:4]}{day[5:7]}/t{day.replace('-', '')}_{100_000 + number}.html"
        yield HOST + address, _page(chance, folder, _title(chance), day).encode()


def _title(chance: random.Random) -> str:
    return f"关于{chance.choice(DOES)}{chance.choice(WHAT)}第{chance.randint(1, 9999)}号工作的通知"


def _link(chance: random.Random) -> str:
    day = f"20{chance.randint(20, 25)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    address = f"/lm{chance.randrange(20)}/{day[:6]}/t{day}_{chance.randint(100_000, 999_999)}.html"
    return f'<a href="{address}">{_title(chance)}</a>'


def _page(chance: random.Random, folder: int, title: str, day: str) -> str:
    column = COLUMNS[folder]
    menu = "".join(
        f'<li><a href="/lm{place}/" title="{name}" target="_self">{name}</a></li>\n'
        for place, name in enumerate(COLUMNS)
    )
    more = "".join(
        f'<li><a href="/lm{place}/index.html">{name}</a><span class="arrow"></span></li>\n'
        for place, name in enumerate(COLUMNS)
    )
    head = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{title}_云岭市人民政府</title>\n'
        '<meta name="SiteName" content="云岭市人民政府">\n<meta name="SiteDomain" content="www.yunling.example">\n'
        f'<meta name="ColumnName" content="{column}">\n<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{day} 10:00">\n<link rel="stylesheet" href="/css/style.css">\n'
        '<script src="/js/jquery.min.js"></script>\n</head>\n<body>\n<div class="top"><a href="/"><img '
        'src="/images/logo.png" alt="云岭市人民政府"></a> <a href="/wza/index.html">无障碍浏览</a></div>\n'
        f'<div class="nav"><ul>\n{menu}</ul></div>\n<div class="subnav"><ul>\n{more}</ul></div>\n'
    )
    related = "".join(f"<li>{_link(chance)}<span>{day}</span></li>\n" for _ in range(6))
    foot = (
        f'<div class="page_ud"><p>上一篇：{_link(chance)}</p><p>下一篇：{_link(chance)}</p></div>'
        f'<div class="rel"><h3>相关阅读</h3><ul>\n{related}</ul></div></div>\n<div class="footer">'
        '<a href="/about/lxwm.html">联系我们</a> <a href="/about/wzdt.html">网站地图</a> <a href="/about/jiucuo.html">'
        "政府网站找错</a><p>主办单位：云岭市人民政府办公室 网站标识码：5329010001 滇ICP备05001234号-1 "
        "滇公网安备 53290102000123号</p></div>\n</body>\n</html>"
    )
    body = (
        f'<div class="pos">当前位置：<a href="/">首页</a> &gt; <a href="/lm{folder}/">{column}</a> &gt; 正文</div>\n'
        f'<div class="content"><h1>{title}</h1><div class="info">发布时间：{day} 10:00 来源：云岭市人民政府 '
        f'浏览次数：<span id="hits">0</span></div>\n<div id="zoom" class="TRS_UEDITOR">\n'
    )
    size = len((head + body + foot).encode())
    while size < SIZE:
        paragraph = f'<p style="{STYLE}">{_words(chance)}</p>\n'
        body, size = body + paragraph, size + len(paragraph.encode())
    return head + body + "</div>\n" + foot


def _words(chance: random.Random) -> str:
    """A paragraph of two to six sentences."""
    return "".join(
        f"{chance.choice(WHO)}{chance.choice(HOW)}{chance.choice(DOES)}{chance.choice(WHAT)}，"
        f"{chance.choice(HOW)}{chance.choice(DOES)}{chance.choice(WHAT)}。"
        for _ in range(chance.randint(2, 6))
    )
