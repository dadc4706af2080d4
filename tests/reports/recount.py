"""Counting again, from the plain data of findings.json alone, what the bulletin prints. Imports nothing of reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

Json = dict[str, Any]


def told(f: Json) -> bool:
    """A finding that a bulletin may name."""
    sure = f["certainty"] == "confirmed" and not f["needs_review"]
    return sure and f["status"] in ("新增", "未整改", "反弹") and f["level"] != "bonus"


def problems(data: Json) -> list[Json]:
    """One finding for each site, category and subject; a veto with parts beside it is no problem of its own."""
    chosen = [f for f in data["findings"] if told(f)]
    parted = {(f["site"], f["category"]) for f in chosen if f["level"] != "veto"}
    seen: dict[tuple[str, str, str], Json] = {}
    for f in chosen:
        if f["level"] == "veto" and (f["site"], f["category"]) in parted:
            continue
        seen.setdefault((f["site"], f["category"], f["subject"]), f)
    return list(seen.values())


def rate(part: int, whole: int) -> str:
    """One decimal, half up, never 100 for less."""
    if part == whole:
        return "100%"
    if part == 0:
        return "0%"
    exact = Decimal(part) * 100 / whole
    value = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{exact.quantize(Decimal('0.1'), ROUND_DOWN) if value >= 100 else value}%"


def day(iso: str) -> str:
    """2026-11-05 → 2026年11月5日."""
    year, month, number = iso[:10].split("-")
    return f"{year}年{int(month)}月{int(number)}日"


class Recount:
    """Expected values of every sentence with a number."""

    def __init__(self, data: Json, before: Json | None, units: dict[str, str], sites: dict[str, str]) -> None:
        self.data, self.before, self.units, self.sites, self.total = data, before, units, sites, len(sites)
        self.found = problems(data)
        self.categories = Counter(f["category"] for f in self.found)
        self.verdicts = Counter(s["verdict"] for s in data["sites"])
        self.extra = data["extra"]

    def numbers_in(self, paragraph: str) -> list[str]:
        """Digits of a paragraph that no checked sentence accounts for; raises AssertionError for a wrong number."""
        covered = [False] * len(paragraph)
        for pattern, check in SENTENCES:
            for match in re.finditer(pattern, paragraph):
                expected = check(self, match)
                assert expected is None or list(match.groups()) == expected, f"{match[0]}: expected {expected}"
                covered[match.start() : match.end()] = [True] * (match.end() - match.start())
        rest = "".join("" if done else char for char, done in zip(paragraph, covered, strict=True))
        rest = self._without_examples(rest)
        return re.findall(r"\d+", re.sub(r"（详见附件\d）|附件\d|IPv6|第\d+期", "", rest))

    def _without_examples(self, text: str) -> str:
        """Examples quote findings; what is left after their messages are taken out must not hold a number."""
        if "如：" not in text:
            return text
        names = sorted({*self.units.values(), *self.sites.values()}, key=len, reverse=True)
        for f in sorted(self.found, key=lambda f: -len(f["message"])):
            text = text.replace(f["message"][:119], "")
        for name in names:
            text = text.replace(name, "")
        return re.sub(r"“[^”]*”栏目：", "", text)

    def last(self) -> Counter[str]:
        """Results of the last bulletin's problems."""
        assert self.before is not None
        now = {(f["site"], f["category"], f["subject"]) for f in self.data["findings"] if told(f)}
        closed = {(f["site"], f["category"], f["subject"]) for f in self.data["closed"]}
        keys = [(f["site"], f["category"], f["subject"]) for f in problems(self.before)]
        return Counter("未整改" if k in now else "已整改" if k in closed else "未能复核" for k in keys)

    def group(self, *categories: str) -> list[Json]:
        """Problems of some categories."""
        return [f for f in self.found if f["category"] in categories]


def _strings(*values: object) -> list[str]:
    return [str(v) for v in values]


def _last(r: Recount, _: re.Match[str]) -> list[str]:
    c = r.last()
    seen = c["已整改"] + c["未整改"]
    return _strings(c.total(), seen, c["已整改"], c["未整改"])


def _sites(r: Recount, _: re.Match[str]) -> list[str]:
    kinds = Counter(s["kind"] for s in r.data["sites"])
    n = len(r.data["sites"])
    return _strings(day(r.data["as_of"]), r.total, n, kinds["portal"], kinds["department"], rate(n, r.total))


def _named_counts(r: Recount, match: re.Match[str]) -> None:
    keys = {(f["site"], f["category"], f["subject"]) for f in r.data["findings"] if told(f)}
    assert r.before is not None
    standing = Counter(
        r.units[f["unit"]] for f in problems(r.before) if (f["site"], f["category"], f["subject"]) in keys
    )
    for name, count in re.findall(r"(?:^|、)(.+?)（(\d+)个）", match[1]):
        assert standing[name] == int(count), name
    if match[2]:
        assert len(standing) == int(match[2])


def _rate_now(r: Recount, match: re.Match[str]) -> list[str]:
    passed, failed = r.verdicts["合格"], r.verdicts["不合格"]
    return [rate(passed, passed + failed)]


def _change(r: Recount, match: re.Match[str]) -> list[str]:
    assert r.before is not None
    old = Counter(s["verdict"] for s in r.before["sites"])
    now_rate = Decimal(rate(r.verdicts["合格"], r.verdicts["合格"] + r.verdicts["不合格"])[:-1])
    old_text = rate(old["合格"], old["合格"] + old["不合格"])
    moved = now_rate - Decimal(old_text[:-1])
    word = "提高" if moved > 0 else "下降"
    return [
        word,
        f"{abs(moved):f}".rstrip("0").rstrip(".") if "." in f"{abs(moved):f}" else f"{abs(moved):f}",
        old_text,
    ]


def _categories(r: Recount, match: re.Match[str]) -> list[str]:
    return _strings(len(r.found), len({f["unit"] for f in r.found}))


def _category_parts(r: Recount, match: re.Match[str]) -> None:
    printed = {name: int(count) for name, count in re.findall(r"([^、，]+?)(\d+)个", match[1])}
    assert printed == dict(r.categories), printed


def _published(r: Recount, match: re.Match[str]) -> None:
    p = r.extra["published"]
    assert match[1] == str(p["total"])
    printed = {name: int(count) for name, count in re.findall(r"([^、，]+?)(\d+)条", match[2])}
    assert sum(printed.values()) == p["total"], "the printed parts must add up"
    for name, count in printed.items():
        assert name == "其他" or p["by_type"][name] == count


def _columns(r: Recount, match: re.Match[str]) -> list[str | None]:
    states = Counter(c["state"] for c in r.extra["columns"] if c["state"] != "不适用")
    due = states.total()
    values = _strings(due, states["正常"], states["未更新"], states["空白"])
    undecided = states["未能判定"] + states["无法访问"]
    return [*values, str(undecided) if undecided else None, rate(states["正常"], due)]


def _ipv6(r: Recount, match: re.Match[str]) -> list[str]:
    states = Counter(row["aaaa"] for row in r.extra["ipv6"])
    tested = states["支持"] + states["不支持"]
    return _strings(tested, states["支持"], states["不支持"], rate(states["支持"], tested))


def _clean_site(r: Recount, match: re.Match[str]) -> list[str]:
    site = next(s for s in r.data["sites"] if r.sites[s["id"]] == match[1])
    open_ones = [f for f in r.data["findings"] if f["site"] == site["id"] and f["status"] != "误报"]
    assert site["verdict"] == "合格" and not open_ones
    return [match[1], str(site["links_checked"])]


def _all_fixed(r: Recount, match: re.Match[str]) -> None:
    assert r.before is not None
    closed = {(f["site"], f["category"], f["subject"]) for f in r.data["closed"]}
    mine = [(f["unit"], (f["site"], f["category"], f["subject"])) for f in problems(r.before)]
    for name, count in re.findall(r"(?:^|、)(.+?)（(\d+)个）", match[1]):
        keys = [key for unit, key in mine if r.units[unit] == name]
        assert len(keys) == int(count) and set(keys) <= closed, name


def _lead(*categories: str) -> Callable[[Recount, re.Match[str]], list[str]]:
    return lambda r, _: _strings(len(r.group(*categories)), len({f["unit"] for f in r.group(*categories)}))


def _parts(categories: dict[str, str]) -> Callable[[Recount, re.Match[str]], None]:
    def check(r: Recount, match: re.Match[str]) -> None:
        mine = r.group(*categories)
        printed = dict(re.findall(r"([^、]+?)(\d+)[个处]", match[1]))
        assert printed == {categories[c]: str(n) for c, n in Counter(f["category"] for f in mine).items()}
        assert match[2] == str(len({f["unit"] for f in mine}))

    return check


def _repeat(r: Recount, match: re.Match[str]) -> None:
    statuses = Counter(f["status"] for f in r.found)
    for count, word in re.findall(r"(\d+)个问题(在此前|整改后)", match[1]):
        assert int(count) == statuses["未整改" if word == "在此前" else "反弹"]
    units = {f["unit"] for f in r.found if f["status"] in ("未整改", "反弹")}
    assert match[2] == str(len(units))


def _scored(r: Recount) -> list[Json]:
    return [s for s in r.data["sites"] if s["verdict"] == "不合格" and s["score"] is not None]


_COLUMNS = {"栏目不更新": "超过规定期限未更新的栏目", "空白栏目": "空白栏目"}
_NETWORK = {"域名不规范": "域名使用不规范", "IPv6不支持": "IPv6支持方面的问题"}
_MARKS = {"网站标识": "网站标识缺失或不规范"}
_CONTENT = ("错敏表述", "隐私泄露", "暗链外链", "弄虚作假", "安全")

SENTENCES: list[tuple[str, Callable[[Recount, re.Match[str]], list[Any] | None]]] = [
    (r"监测时间点为(\d+年\d+月\d+日)(\d+)时", lambda r, m: [day(r.data["as_of"]), r.data["as_of"][11:13].lstrip("0")]),
    (r"国办发〔2017〕47号、国办秘函〔2019〕19号", lambda r, m: None),
    (r"^\d+年\d+月通报的(\d+)个问题中，本次复核(\d+)个，其中已整改(\d+)个、未整改(\d+)个", _last),
    (r"，整改率为(\d[\d.]*%)", lambda r, m: [rate(r.last()["已整改"], r.last()["已整改"] + r.last()["未整改"])]),
    (r"另有(\d+)个问题因网站未能访问", lambda r, m: _strings(r.last()["未能复核"])),
    (r"^未完成整改的单位有：(.+?)(?:等(\d+)个单位)?。", _named_counts),
    (
        r"^截至(\d+年\d+月\d+日)，全市列入检查范围的政府网站(\d+)个，本次检查(\d+)个（其中门户网站(\d+)个、部门网站(\d+)个），"
        r"检查比例(\d[\d.]*%)。",
        _sites,
    ),
    (r"。合格(\d+)个、不合格(\d+)个", lambda r, m: _strings(r.verdicts["合格"], r.verdicts["不合格"])),
    (r"、待人工复核(\d+)个，合格率", lambda r, m: _strings(r.verdicts["待人工复核"])),
    (r"合格率为(\d[\d.]*%)", _rate_now),
    (r"以已形成结论的(\d+)个网站为基数", lambda r, m: _strings(r.verdicts["合格"] + r.verdicts["不合格"])),
    (r"较上期(提高|下降)(\d[\d.]*)个百分点（上期为(\d[\d.]*%)）", _change),
    (r"（得分(\d[\d.]*)分）", lambda r, m: None if m[1] in {f"{s['score']:g}" for s in _scored(r)} else ["?"]),
    (r"^共发现问题(\d+)个，涉及(\d+)个单位", _categories),
    (r"^共发现问题\d+个，涉及\d+个单位，其中(.+?)(?:，整改后又出现|（详见)", _category_parts),
    (r"整改后又出现的(\d+)个", lambda r, m: _strings(sum(f["status"] == "反弹" for f in r.found))),
    (
        r"^本次共读取页面(\d+)个，检查链接(\d+)条",
        lambda r, m: _strings(r.data["coverage"]["pages"], r.data["coverage"]["links_checked"]),
    ),
    (r"(\d+)个地址因网站防护系统拦截", lambda r, m: _strings(r.data["coverage"]["blocked"])),
    (r"(\d+)个地址未纳入检查", lambda r, m: _strings(r.data["coverage"]["unchecked"])),
    (r"（网站声明不允许抓取(\d+)个）", lambda r, m: _strings(r.data["coverage"]["reasons"]["robots"])),
    (
        r"^按登记信息检查政务新媒体账号(2)个，发现(\d+)个账号",
        lambda r, m: ["2", str(len({f["subject"] for f in r.group("政务新媒体")}))],
    ),
    (r"^按登记信息检查政务新媒体账号2个，未发现问题", lambda r, m: None),
    (
        r"其中(\d+)个没有登记最近更新日期，均不计为问题",
        lambda r, m: _strings(sum(row["state"] == "未填报" for row in r.extra["media"])),
    ),
    (
        r"^(\d+年\d+月\d+日)至(\d+年\d+月\d+日)，各网站",
        lambda r, m: [day(r.extra["published"]["from"]), day(r.extra["published"]["to"])],
    ),
    (r"各网站共发布信息(\d+)条，其中(.+)。", _published),
    (
        r"^应更新栏目(\d+)个，其中按期更新(\d+)个、未更新(\d+)个、空白(\d+)个(?:、未能判定(\d+)个)?，按期更新率为(\d[\d.]*%)",
        _columns,
    ),
    (r"检测网站(\d+)个，首页域名支持IPv6的(\d+)个、不支持的(\d+)个，支持率为(\d[\d.]*%)", _ipv6),
    (r"未能检测(\d+)个", lambda r, m: _strings(sum(row["aaaa"] == "未测" for row in r.extra["ipv6"]))),
    (
        r"链接可用性：检查链接(\d+)条，确认不可用(\d+)条",
        lambda r, m: _strings(r.data["coverage"]["links_checked"], r.categories["链接不可用"]),
    ),
    (
        r"链接可用性：检查链接(\d+)条，未发现",
        lambda r, m: _strings(r.data["coverage"]["links_checked"]) if not r.categories["链接不可用"] else ["0"],
    ),
    (
        r"域名使用情况：检查网站(\d+)个，发现不规范(\d+)处",
        lambda r, m: _strings(len(r.data["sites"]), r.categories["域名不规范"]),
    ),
    (
        r"域名使用情况：检查网站(\d+)个，未发现",
        lambda r, m: _strings(len(r.data["sites"])) if not r.categories["域名不规范"] else ["0"],
    ),
    (r"^(.+?)本次检查链接(\d+)条，未发现不可用链接及栏目更新等问题", _clean_site),
    (r"^上期通报的问题已全部整改的单位有：(.+)。", _all_fixed),
    (r"检查发现(\d+)个网站存在无法访问", lambda r, m: _strings(len(r.group("首页不更新", "站点无法访问")))),
    (r"检查发现内容安全方面的问题(\d+)个，涉及(\d+)个单位", _lead(*_CONTENT)),
    (r"检查发现((?:超过规定期限|空白栏目).+?)，涉及(\d+)个单位", _parts(_COLUMNS)),
    (r"检查发现不可用链接(\d+)条，涉及(\d+)个单位", _lead("链接不可用")),
    (r"检查发现((?:域名使用|IPv6支持).+?)，涉及(\d+)个单位", _parts(_NETWORK)),
    (r"检查发现(网站标识.+?)，涉及(\d+)个单位", _parts(_MARKS)),
    (r"检查发现政务新媒体方面的问题(\d+)个，涉及(\d+)个单位", _lead("政务新媒体")),
    (r"^((?:\d+个问题.+?，)+)涉及(\d+)个单位。", _repeat),
    (r"，已是第(\d+)次发现", lambda r, m: None if any(f["times"] == int(m[1]) for f in r.found) else ["?"]),
    (r"于2026年12月4日前（10个工作日内）", lambda r, m: None),
]
