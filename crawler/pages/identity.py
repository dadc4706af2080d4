"""The footer's identity items as a reader sees them: 国办秘函〔2019〕19号 扣分指标“网站标识” and “找错” entry."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import islice
from operator import attrgetter
from urllib.parse import unquote

from crawler.pages.model import Identity
from crawler.pages.near import near
from crawler.pages.tree import Document, Element

_PROVINCES = "京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕秦吉闽贵黔粤青藏川蜀宁琼港澳"
_SITE_CODE = re.compile(
    r"标识(?:编)?码\s*(?:编号|号|为)?\s*[:：∶\]】)）]?\s*[\[【(（]?\s*((?:bm|BM|Bm)?(?:\s?\d){7,12})(?!\d)"
)
_ICP = re.compile(  # asked only where its sign `CP备` stands
    rf"[{_PROVINCES}]\s?[Ii][Cc][Pp]\s?备\s?(?:案)?(?:字|第|号|案号)?\s?[:：]?\s?(?:\d(?:\s?\d){{7,9}}|"
    rf"[X*]{{4,10}})(?:\s?-\s?\d{{1,4}}\s?号|\s?号(?:\s?[-－—]\s?\d{{1,4}})?)?"
)
_ICP_SIGN = re.compile(r"[Pp]\s?备")
_POLICE = re.compile(
    rf"[{_PROVINCES}公](?:(?<!公)\s?公\s?网\s?安\s?备\s?(?:案)?(?:号|第)?\s?[:：]?\s?\d(?:\s?\d){{10,13}}(?!\d)"
    r"(?:\s?号)?|(?<=公)安(?:机关)?(?:网站?)?备案(?:编)?号\s?[:：]?\s?\d(?:\s?\d){11,13}(?!\d)(?:\s?号)?)"
)
_SPONSOR = re.compile(
    r"(?:主\s?办\s?单\s?位|主\s?办|版\s?权\s?所\s?有|Copyright\s?by)\s?[:：©]?\s?([\u4e00-\u9fff（）()·、，\w]{3,60}?)"
    r"(?=\s|$|承办|协办|技术|维护|地址|电话|联系|网站|备案|[\u4e00-\u9fff]?ICP|All|主办|运维|邮|邮编|版权)",
    re.M,
)
_CONTACT = re.compile(
    r"[联咨办服值热网维电传邮地EeTt](?:(?<=联)系(?:方式|电话|我们|邮箱)|(?<=咨)询电话|(?<=办)公电话|(?<=服)务电话|"
    r"(?<=值)班电话|(?<=热)线电话|(?<=网)站电话|(?<=维)护电话|(?<=电)(?:\s{0,4}话|子邮箱)|(?<=传)真|(?<=邮)箱|"
    r"(?<=地)\s{0,4}址|(?<=[Ee])-?[Mm][Aa][Ii][Ll]|(?<=[Tt])[Ee][Ll])\s?[:：]\s?([^\n]{4,60})"
)
_CONAC = re.compile(r"(?:bszs|dcs)\.conac\.cn/[^\s\"'<>\\)]*", re.I)
_CONAC_ID = re.compile(r"_?ideConac", re.I)
_JIUCUO = re.compile(
    r"(?:https?:)?//[\w.:]{0,40}(?:zfwzgl\.www\.gov\.cn|pucha\.kaipuyun\.cn|121\.43\.68\.40|zfwzxx)[^\s\"'<>\\)]*|"
    r"[^\s\"'<>()]{0,120}jiucuo\w{0,8}\.(?:html?|js)[^\s\"'<>\\)]*",
    re.I,
)
_JIUCUO_WORDS = re.compile(r"(?:我为)?政府网站找错|网站找错|网站纠错|我要纠错|纠错")
_CODE_PARAM = re.compile(r"site_?code=([\w]{6,14})", re.I)
_POLICE_PARAM = re.compile(r"(?:record)?code=(\d{12,14})", re.I)
_TELLING = frozenset(("href", "src", "onclick", "class", "id"))
_HOLDERS = frozenset(("a", "img", "span", "div", "iframe", "area", "p", "li", "td"))
_SIGNS = ("onac", "code=", "jiucuo", "121.43.68.40", "zfwzgl", "kaipuyun")
_TAIL = 12_000
_FOOT = 3_000
_LABEL = 8  # characters of the longest label of a contact
_FEW_COLONS = 15


def read_identity(doc: Document) -> Identity:
    """What the page shows; each value with white space taken out, otherwise as written."""
    tail = doc.text[-_TAIL:]
    icps = _icps(tail)
    conac, jiucuo, police_code = _addresses(doc)
    code = _last(near(_SITE_CODE, tail, "标识", 0), 1)
    found = _CODE_PARAM.search(jiucuo or "")
    return Identity(
        site_code=code,
        icp=icps[0] if icps else None,
        police=_last(near(_POLICE, tail, "备", 8)),
        conac=conac,
        jiucuo=jiucuo or _words_only(doc),
        sponsor=_sponsor(tail[-_FOOT:]),
        contact=_contact(tail[-_FOOT:]),
        jiucuo_code=found.group(1) if found else None,
        police_code=police_code,
        icps=tuple(icps),
    )


def _tight(text: str) -> str:
    return "".join(text.split())


def _icps(text: str) -> list[str]:
    """Every ICP number: the mark `ICP备` stands one or two characters behind the name of the province."""
    found: dict[str, None] = {}
    for sign in near(_ICP_SIGN, text, "备", 2):
        for start in (sign.start() - 3, sign.start() - 4):
            number = _ICP.match(text, start) if start >= 0 else None
            if number is not None:
                found[_tight(number.group())] = None
    return list(found)


def _last(matches: Iterable[re.Match[str]], group: int = 0) -> str | None:
    """The last one: article bodies quote numbers, the footer comes after them."""
    value = None
    for found in matches:
        value = _tight(found.group(group))
    return value


def _addresses(doc: Document) -> tuple[str | None, str | None, str | None]:
    """(conac mark, 找错 entry, police record code) out of addresses and scripts."""
    conac = jiucuo = police = None
    for element in _clues(doc):
        for name in ("href", "src", "onclick"):
            value = element.attrs.get(name)
            if not value or value[0] == "#":
                continue
            if "onac.cn" in value and conac is None:
                conac = _match(_CONAC, value)
            if "code=" in value and police is None and ("beian" in value or "record" in value):
                police = _group(_POLICE_PARAM, value)
            if jiucuo is None and _may_be_jiucuo(value):
                jiucuo = _match(_JIUCUO, value)
        if jiucuo is None and "jiucuo" in element.get("class") + element.get("id"):
            jiucuo = element.get("data-setting") or "jiucuo"
        if conac is None and element.tag == "span" and _CONAC_ID.match(element.get("id")):
            conac = "_ideConac"
    for script in doc.scripts:
        value = (script.attrs.get("src") or "") + " " + (script.text if len(script.text) < 20_000 else "")
        if conac is None and "onac" in value:
            plain = unquote(value)
            conac = _match(_CONAC, plain) or ("_ideConac" if _CONAC_ID.search(plain) else None)
        if _may_be_jiucuo(value):
            jiucuo = jiucuo or _match(_JIUCUO, unquote(value))
    return conac, jiucuo, police


def _clues(doc: Document) -> list[Element]:
    """The few elements with an attribute that may tell something, in page order."""
    values: list[str] = []
    ends: list[int] = []
    owners: list[Element] = []
    end = 0
    for element in doc.elements:
        attrs = element.attrs
        if attrs and element.tag in _HOLDERS:
            for name, value in attrs.items():
                if value and name in _TELLING:
                    values.append(value)
                    owners.append(element)
                    end += len(value) + 1
                    ends.append(end)
    joined = "\n".join(values)  # one search for all of them
    places: set[int] = set()
    for sign in _SIGNS:
        place = joined.find(sign)
        while place >= 0:
            places.add(bisect_right(ends, place))
            place = joined.find(sign, place + 1)
    if "deconac" in joined.lower():
        places.update(place for place, value in enumerate(values) if _CONAC_ID.match(value))
    found = {owners[place].index: owners[place] for place in places}
    return [found[index] for index in sorted(found)]


def _may_be_jiucuo(value: str) -> bool:
    return "jiucuo" in value or "121.43.68.40" in value or "zfwzgl" in value or "kaipuyun" in value


def _match(pattern: re.Pattern[str], value: str) -> str | None:
    found = pattern.search(value)
    return found.group() if found else None


def _group(pattern: re.Pattern[str], value: str) -> str | None:
    found = pattern.search(value)
    return found.group(1) if found else None


def _words_only(doc: Document) -> str | None:
    """An entry that is named but whose address a script sets."""
    shown = "找错" in doc.text
    for element in sorted(doc.tagged["a"] + doc.tagged["img"], key=attrgetter("index")):
        attrs = element.attrs
        if not shown and "title" not in attrs and "alt" not in attrs:
            continue
        words = (
            element.get("title") + element.get("alt") + doc.text[element.start : min(element.stop, element.start + 40)]
        )
        if len(words) < 60 and "找错" in words and _JIUCUO_WORDS.search(words):
            return words.strip() or None
    return None


def _sponsor(text: str) -> str | None:
    found = None
    for found in _SPONSOR.finditer(text):
        if "主" in found.group()[:3]:
            break
    return found.group(1).strip("，、 ") if found else None


def _contact(text: str) -> str | None:
    if text.count("：") + text.count(":") > _FEW_COLONS:
        found = _CONTACT.search(text)
    else:
        firsts = [match for sign in "：:" for match in islice(near(_CONTACT, text, sign, _LABEL), 1)]
        found = min(firsts, key=re.Match.start, default=None)
    return found.group().strip() if found else None
