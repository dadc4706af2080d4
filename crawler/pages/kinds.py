"""What kind of page this is: home, list, article, blank, scripted-list, challenge or other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.pages.model import Item
from crawler.pages.paths import is_article, is_home, is_list
from crawler.pages.published import Publication
from crawler.pages.resolve import Resolver
from crawler.pages.rows import Row
from crawler.pages.scripted import is_scripted
from crawler.pages.substance import Substance
from crawler.pages.tree import Document, Element

_CHALLENGE_CODE = re.compile(
    r"\$_ts\b|acw_sc__v2|__jsl_clearance|_waf_|wzws|waf_token|challenge-platform|cf_chl|guardok|anti_?crawl|"
    r"yunsuo_session",
    re.I,
)
_CHALLENGE_WORDS = re.compile(
    r"Just a moment|Checking your browser|安全验证|人机验证|访问验证|浏览器安全检查|请完成(?:安全)?验证|"
    r"请求(?:可能)?(?:存在|带有|包含).{0,12}(?:威胁|攻击|不合法|非法)|"
    r"(?:访问|请求)(?:已)?被(?:阻断|拦截|拒绝)|网站防火墙|云防护|创宇盾|安全狗|云锁|宝塔.{0,6}防火墙|Web应用防火墙|"
    r"Access Denied|Request Rejected|正在进行安全检测|滑动验证",
    re.I,
)
_SETS_COOKIE = re.compile(r"document\s*\.\s*cookie|document\[[^\]]{1,20}\]")
_RELOADS = re.compile(r"location|reload|eval\s*\(|Function\s*\(")
_HOME_TITLE = re.compile(
    r"^(?:网站)?首页|首页$|(?:人民政府|政府网|门户网站?|官方网站|官网|委员会|信息网|厅|局|办公室|网站?|研究所|研究院|"
    r"中学|大学|学院|医院|中心|[省市县区镇乡])$"
)
_MORE = re.compile(r"更\s*多|more", re.I)
_CUT = re.compile(r"[-_—|–>]")
_INLINE = frozenset(
    ("li", "h1", "h2", "h3", "h4", "h5", "h6", "p", "span", "dd", "dt", "td", "tr", "b", "strong", "i", "em")
)
_ENTRANCES = 2  # one may be a stray "back to the list"
_PAGING = re.compile(r"(?:上|下|首|尾|末)一?页|首\s*页|返回.*|更多.*|\d+")
_FORM_WORDS = re.compile(r"提交|申请人|我要写信|验证码|姓\s*名|联系方式|留言内容|标\s*题")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the readers found, as far as it tells the kind."""

    url: str
    title: str | None
    tags: dict[str, str]
    shown: int
    anchors: int
    main: list[Row]
    undated: list[Row]
    drawn: list[Item]
    pager: bool
    crumb: list[tuple[str, str | None]]
    headline: str
    publication: Publication
    substance: Substance


def kind_of(doc: Document, signs: Signs, resolve: Resolver) -> str:
    """Decide the kind; a page that might only look empty is never called blank."""
    if _is_challenge(doc, signs):
        return "challenge"
    article, listing = _article_points(signs), _list_points(signs)
    if _is_home(doc, signs, article, listing):
        return "home"
    if article >= 4 and article > listing:
        return "article"
    if signs.main or signs.drawn or (len(signs.undated) >= 3 and listing >= article):
        return "article" if article > listing and article >= 3 and not signs.drawn else "list"
    if signs.undated and not _is_form(doc, signs):
        return "list" if signs.substance.plain < 120 else "article" if article >= 3 else "list"
    return _without_items(doc, signs, article, resolve)


def _is_challenge(doc: Document, signs: Signs) -> bool:
    """A page without content whose script sets a cookie and loads again, or one that says it refuses."""
    if signs.shown < 50 and signs.anchors == 0:
        for script in doc.scripts:
            text = script.text
            if _CHALLENGE_CODE.search(text) or (
                _SETS_COOKIE.search(text) and _RELOADS.search(text) and len(text) < 200_000
            ):
                return True
        if any("$_ts" in (script.attrs.get("src") or "") for script in doc.scripts):
            return True
    if (
        signs.shown < 1200
        and signs.anchors < 6
        and signs.publication.day is None
        and not signs.tags.get("ArticleTitle")
    ):
        return _CHALLENGE_WORDS.search((signs.title or "") + "\n" + doc.text[:2000]) is not None
    return False


def _article_points(signs: Signs) -> int:
    tags, substance = signs.tags, signs.substance
    points = 0
    if tags.get("ArticleTitle", "").strip():
        points += 3
    if signs.publication.source in ("label", "text") and signs.headline:
        points += 4 if substance.plain >= 400 and len(signs.headline) >= 8 else 2
    elif signs.publication.source == "label":
        points += 1
    if signs.publication.source == "meta" or tags.get("PubDate", "").strip():
        points += 1
    if is_article(signs.url):
        points += 1
    points += 2 if substance.longest >= 60 and substance.plain >= 150 else 1 if substance.plain >= 60 else 0
    return points + (1 if len(signs.headline) >= 8 and not is_list(signs.url) else 0)


def _list_points(signs: Signs) -> int:
    dated = [row for row in signs.main if row.day is not None]
    points = (
        min(len(dated), 4) + min(len(signs.drawn), 4) + (2 if signs.pager else 0) + (1 if is_list(signs.url) else 0)
    )
    points += min(len(signs.undated), 6) // 3
    if signs.tags.get("ColumnName", "").strip() and not signs.tags.get("ArticleTitle", "").strip():
        points += 1
    headed = len(signs.headline) >= 8 and signs.publication.source in ("label", "text")
    if len(dated) >= 8 and signs.substance.plain < 400 and not headed:
        points += 2
    return points


def _is_home(doc: Document, signs: Signs, article: int, listing: int) -> bool:
    """The root of the site, or a page marked up as one: site name alone as title, many blocks, no breadcrumb."""
    tags, title = signs.tags, signs.title or ""
    points = 4 if is_home(signs.url) else 0
    if tags.get("ColumnType", "").strip() == "首页" or tags.get("ColumnName", "").strip() in ("首页", "网站首页"):
        points += 3
    told = signs.publication.source in ("label", "text") and len(signs.headline) >= 8 and signs.substance.plain >= 150
    if tags.get("ArticleTitle", "").strip() or ((article >= 5 or told) and article > listing):
        points -= 4
    if signs.crumb:
        points -= 2
    if signs.pager and (points < 4 or (len({row.signature for row in signs.main}) == 1 and signs.anchors < 60)):
        points -= 4
    site = tags.get("SiteName", "").strip()
    named = bool(title) and (
        title == site
        or title.startswith(("首页", "网站首页"))
        or all(_HOME_TITLE.search(part.strip()) for part in _CUT.split(title) if part.strip())
    )
    if points < 4 and not named:
        return False
    more = sum(
        1 for element in doc.tagged["a"] if element.stop - element.start < 14 and _MORE.search(doc.text_of(element))
    )
    points += (1 if named else 0) + (1 if more >= 3 else 0) + (1 if signs.anchors >= 60 else 0)
    if is_home(signs.url):
        return points >= 4
    return points >= 3 and not tags.get("ColumnName", "").strip("首页 ") and not is_list(signs.url)


def _is_form(doc: Document, signs: Signs) -> bool:
    substance = signs.substance
    return (substance.textareas > 0 or substance.fields >= 4) and _FORM_WORDS.search(doc.text) is not None


def _without_items(doc: Document, signs: Signs, article: int, resolve: Resolver) -> str:
    """No entry was found: an article without a date, a form, a list that a script draws, or really nothing."""
    substance = signs.substance
    if _is_form(doc, signs):
        return "other"
    if (substance.plain >= 60 and not substance.says_empty) or substance.plain >= 200:
        worded = article >= 3 or is_article(signs.url) or (bool(signs.headline) and not is_list(signs.url))
        return "article" if worded else "other"
    if article >= 4 or (is_article(signs.url) and (signs.headline or substance.plain >= 30)):
        return "article"
    if is_scripted(doc):
        return "scripted-list"
    if substance.pictures or substance.media or "frameset" in doc.tagged:
        return "other"
    if _entrances(doc, signs, resolve) >= _ENTRANCES:
        return "other"
    return "blank"


def _entrances(doc: Document, signs: Signs, resolve: Resolver) -> int:
    """Links to sub-columns: a column that only leads on has some, a blank one none.

    The menu beside a blank column leads to its neighbours: it names the column itself, in words or by its address.
    """
    own = {(signs.title or "").replace("_", "-").partition("-")[0].strip()} | {name for name, _ in signs.crumb}
    crumbs = {address for _, address in signs.crumb}
    site = signs.url.split("/")[2:3]
    groups: dict[int, set[str]] = {}
    menus: set[int] = set()
    for element in doc.tagged["a"]:
        if element.region != "content" or element.hidden:
            continue
        name = doc.text_of(element).strip()
        url = resolve.url(element.get("href")) or ""
        box = _box(element)
        if name in own and (url == signs.url or url not in crumbs):
            menus.add(box)
        elif len(name) >= 2 and name not in own and not _PAGING.fullmatch(name) and url.split("/")[2:3] == site:
            groups.setdefault(box, set()).add(name)
    return sum(len(names) for box, names in groups.items() if box not in menus)


def _box(element: Element) -> int:
    """Index of the list or block that a link stands in."""
    box = element.parent
    while box is not None and box.tag in _INLINE:
        box = box.parent
    return box.index if box is not None else -1
