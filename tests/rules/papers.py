"""Pages for cases of rules, written as the portals of the staging city write them: an article, a guide, a letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from crawler.pages import read_page
from tests.rules.build import ago

_FRAME = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_云岭市人民政府</title></head>
<body>
<div class="header"><a href="/">云岭市人民政府</a></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/{column}/">栏目</a></div>
<h1>{title}</h1><div class="info">发布时间：2026-11-10 来源：云岭市人民政府办公室</div>
<div class="content">{body}</div>
<div class="footer">主办单位：云岭市人民政府办公室 滇ICP备05000001号 网站标识码5329010001</div></body></html>"""
_GUIDE = {
    "设定依据": "《中华人民共和国居民身份证法》第十条规定，公民应当申领居民身份证。",
    "申请条件": "年满十六周岁的云岭市户籍居民。",
    "办理材料": "1.户口簿原件1份；2.本人相片电子版1份。",
    "办理地点": "云岭市政务服务中心二楼公安窗口。",
    "办理机构": "云岭市公安局。",
    "收费标准": "首次申领每证二十元。",
    "办理时间": "自受理之日起二十个工作日。",
    "联系电话": "0876-2120000",
    "办理流程": "申请人提出申请，窗口受理，审核制证，领取证件。",
}
_LETTER = {
    "留言内容": "请问城北公交几点收班？",
    "答复单位": "云岭市交通运输局",
    "答复内容": "您好，城北公交末班车为21时30分，感谢您的关注。",
}


def article(title: str, body: str, column: str = "yw") -> str:
    """A page with a title and a body of markup."""
    return _FRAME.format(title=title, body=body, column=column)


def guide(title: str, without: Collection[str] = (), **changed: str) -> str:
    """A guide with all ten elements but those named; `changed` says an element in other words."""
    parts = {name: changed.get(name, text) for name, text in _GUIDE.items() if name not in without}
    body = "".join(f"<p><strong>{name}：</strong>{text}</p>" for name, text in parts.items())
    return article(
        title, body + "".join(f"<p>{text}</p>" for name, text in changed.items() if name not in _GUIDE), "bs"
    )


def letter(title: str, asked: int, *, answered: bool = True, without: Collection[str] = ()) -> str:
    """A public letter asked so many days ago, with its reply or waiting for one."""
    parts = {"留言时间": ago(asked).isoformat(), "留言内容": _LETTER["留言内容"]}
    reply = {"答复单位": _LETTER["答复单位"], "答复时间": ago(max(0, asked - 2)).isoformat()}
    parts |= (reply | {"答复内容": _LETTER["答复内容"]}) if answered else {"办理状态": "未回复"}
    body = "".join(f"<p>{name}：{text}</p>" for name, text in parts.items() if name not in without)
    return article(title, body, "ly")


def markup_of(entry: Mapping[str, Any]) -> str:
    """The markup that a case asks for: `markup`, `body` or a `length` of text in an article, a `guide`, a `letter`."""
    title = entry.get("title", "云岭市召开工作会议")
    if "guide" in entry:
        return guide(title, **entry["guide"])
    if "letter" in entry:
        return letter(title, **entry["letter"])
    if "length" in entry:
        return _of_length(title, entry["length"], entry.get("column", "yw"))
    return str(entry["markup"]) if "markup" in entry else article(title, entry["body"], entry.get("column", "yw"))


def _of_length(title: str, length: int, column: str) -> str:
    """An article whose text has exactly so many characters."""
    short = article(title, f"<p>{'字' * 100}</p>", column)
    there = len(read_page(short.encode(), "http://www.yunling.gov.cn/a.html").text) - 100
    return article(title, f"<p>{'字' * (length - there)}</p>", column)
