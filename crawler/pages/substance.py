"""How much a page says of its own, apart from menus, links, breadcrumb and footer: what tells a blank column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from crawler.pages.tree import Document, Element

_BOILERPLATE = re.compile(
    r"^\W*(?:地址|地\s+址|联系地址|电话|联系电话|邮编|邮政编码|传真|版权|主办|承办|技术支持|备案|ICP|建议使用|"
    r"推荐使用|您是第|访问量|访问人数|总访问|浏览次数|"
    r"当前位置|您的位置|您现在|您所在|所在位置|现在位置|位置[:：]|首页\s*[>»/＞|]|今天是|今天|今日|现在是|您好|欢迎|"
    r"设为首页|加入收藏|请输入|搜索|站内搜索|高级搜索|热门搜索|热搜|关键[词字]|"
    r"共\s*\d+\s*[条页]|第\s*\d+\s*页|每页|首页|上一?页|下一?页|尾页|末页|转到|跳转|登录|注册|用户名|密码|扫一扫|微信|"
    r"打印|关闭|分享|"
    r"copyright|©|all rights|网站标识码|网站地图|主管|温馨提示|政务微博|无障碍|简体|繁体|长者|关怀|返回顶部|字号|天气)",
    re.I,
)
_EMPTY_WORDS = re.compile(
    r"暂无(?:内容|信息|数据|相关|记录|文章|资料|新闻|更新)|没有(?:找到|查询到|检索到)?(?:任何|相关)?(?:的)?(?:内容|"
    r"信息|数据|记录|文章|资料)|暂时没有|无相关(?:内容|信息|数据)|"
    r"(?:内容|栏目|网页|页面|该栏目|正在)\s*(?:正在)?(?:建设|更新|完善|整理|维护|升级)中?|尚无(?:内容|信息)|敬请期待|"
    r"无数据|共\s*0\s*条|no data|no records",
    re.I,
)
_DECORATION = re.compile(
    r"logo|icon|ico\b|banner|btn|button|bg|line|arrow|dot|point|blank|space|spacer|top|foot|nav|menu|head|jiucuo|"
    r"conac|beian|ga\b|ewm|qrcode|erwei|weixin|wx|search|loading|title|spec|left|right|middle|mid|bottom|more|share|"
    r"close|print",
    re.I,
)
_LONG_LINE = 12
_SHORT_LINE = 60
_NOT_OWN = ("a", "select", "option", "button", "label")
_INDEX = attrgetter("index")
_PLAYER = re.compile(r"\.pdf|viewer|player|video|flip", re.I)
_FIELDS = frozenset(("", "text", "tel", "email", "password", "radio", "checkbox", "file"))
_MEDIA = frozenset(("video", "audio", "embed", "object", "canvas"))


@dataclass(frozen=True, slots=True)
class Substance:
    """Own characters in whole lines, the longest such line, pictures and media of the content, form fields."""

    plain: int
    longest: int
    says_empty: bool
    pictures: int
    media: int
    fields: int
    textareas: int


def measure(doc: Document) -> Substance:
    """Measure what stands in the content region outside links."""
    plain, longest, says_empty = _plain_lines(doc)
    return Substance(
        plain,
        longest,
        says_empty,
        pictures=sum(is_picture(image) for image in _shown(doc, "img")),
        media=sum(len(_shown(doc, tag)) for tag in _MEDIA)
        + sum(_PLAYER.search(frame.get("src")) is not None for frame in _shown(doc, "iframe")),
        fields=sum(field.get("type").lower() in _FIELDS for field in _shown(doc, "input")),
        textareas=len(_shown(doc, "textarea")),
    )


def _shown(doc: Document, tag: str) -> list[Element]:
    """Elements of that name that a reader sees in the content."""
    if tag not in doc.tagged:
        return []
    return [element for element in doc.tagged[tag] if element.region == "content" and not element.hidden]


def is_picture(element: Element) -> bool:
    """A picture that shows something, such as a chart of the organisation: no link, no ornament."""
    node = element.parent
    for _ in range(4):
        if node is None:
            break
        if node.tag == "a":
            return False
        node = node.parent
    source = (element.get("src") or element.get("data-src")).partition("?")[0]
    name = source.rpartition("/")[2]
    width = element.get("width").rstrip("px%")
    if (width.isdigit() and int(width) < 120) or not name or _DECORATION.search(name):
        return False
    return not name.lower().endswith(".gif") or len(name) > 14


def _plain_lines(doc: Document) -> tuple[int, int, bool]:
    """(characters of own lines, the longest line, does it say that it is empty)"""
    parts: list[str] = []
    place = 0
    others = [*doc.zones, *doc.hidden, *chain.from_iterable(doc.tagged.get(tag, ()) for tag in _NOT_OWN)]
    others.sort(key=_INDEX)
    for element in others:
        if element.start < place:
            continue
        parts.append(doc.text[place : element.start])
        place = element.stop
        if "\n" in doc.text[element.start : place]:
            parts.append("\n")
    parts.append(doc.text[place:])
    total = longest = 0
    empty = False
    for line in map(str.strip, "".join(parts).split("\n")):
        if not line:
            continue
        weight = _weight(line) if len(line) < _SHORT_LINE else 0 if _BOILERPLATE.match(line) else len(line)
        if weight < 0:
            empty = True
            continue
        total += weight
        longest = max(longest, weight)
    return total, longest, empty


@lru_cache(maxsize=4096)  # the same on all pages of a site
def _weight(line: str) -> int:
    """Own characters of a short line, -1 for one that says that there is nothing."""
    if _EMPTY_WORDS.search(line):
        return -1
    return 0 if len(line) < _LONG_LINE or _BOILERPLATE.match(line) else len(line)


def main_text(doc: Document, limit: int) -> str:
    """Visible text of the content region, lines kept, cut at `limit` characters."""
    parts: list[str] = []
    place, length = 0, 0
    for element in doc.zones:
        if element.start < place or length > limit:
            continue
        piece = doc.visible(place, element.start)
        parts.append(piece)
        length += len(piece)
        place = element.stop
    parts.append(doc.visible(place, len(doc.text)))
    return "\n".join([line for line in map(str.strip, "".join(parts).split("\n")) if line])[:limit]
