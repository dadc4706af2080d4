"""Small pages of the project's own for the tests of this package."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.pages import Page, read_page

URL = "http://www.yunling.gov.cn/zwgk/tzgg/index.html"
ARTICLE_URL = "http://www.yunling.gov.cn/zwgk/tzgg/content_8812345.html"
AS_OF = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BODY = (
    "<p>为做好今冬明春森林防火工作，根据《森林防火条例》有关规定，结合我市实际，现就有关事项通知如下，"
    "请各乡镇、各部门认真贯彻执行。</p>"
    "<p>一、加强组织领导，压实属地责任。各乡镇要成立工作专班，主要负责同志亲自部署，分管负责同志靠前指挥，"
    "确保各项措施落到实处。</p>"
    "<p>二、严格火源管理，开展隐患排查。重点时段、重点区域要增派力量值守，对违规用火行为依法严肃查处，"
    "并及时向社会公布情况。</p>"
)
FOOT = (
    '<div class="footer"><p>主办单位：云岭市人民政府办公室 联系电话：0872-2123456</p>'
    "<p>网站标识码：5329010001 滇ICP备05001234号-1 滇公网安备 53290102000123号</p></div>"
)
NAV = (
    '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/zwfw/">'
    "政务服务</a></li>"
    '<li><a href="/hdjl/">互动交流</a></li><li><a href="/zjyl/">走进云岭</a></li></ul></div>'
)
CRUMB = '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 通知公告</div>'
TITLES = (
    "云岭市人民政府办公室关于做好森林防火工作的通知",
    "关于公布行政规范性文件清理结果的公告",
    "云岭市二〇二六年度重大建设项目清单公示",
    "关于开展安全生产专项检查的通知",
    "市教育局关于秋季学期招生工作的公告",
    "关于征集环洱海绿道命名的公告",
)


def page(content: str, url: str = URL, title: str = "通知公告_云岭市人民政府", head: str = "") -> Page:
    """Read a whole page of the fictional portal around some content."""
    html = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>"
        f"<div class='top'>今天是2026年11月20日 星期五</div>{NAV}{content}{FOOT}</body></html>"
    )
    return read_page(html.encode(), url, None, AS_OF)


def article(info: str, head: str = "", body: str = BODY, url: str = ARTICLE_URL, before: str = "") -> Page:
    """Read an article page whose line under the headline is `info`."""
    content = f'{CRUMB}{before}<div class="article"><h1>{TITLES[0]}</h1>{info}<div class="con">{body}</div></div>'
    return page(content, url, f"{TITLES[0]}_云岭市人民政府", head)


def rows(template: str, dates: list[str], wrap: str = "<ul class='list'>{}</ul>") -> str:
    """A list: `template` holds {url}, {title} and {date}."""
    entries = [
        template.format(url=f"content_88{place:05}.html", title=TITLES[place % len(TITLES)], date=day)
        for place, day in enumerate(dates)
    ]
    return wrap.format("".join(entries))
