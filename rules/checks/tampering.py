"""Key pages against the round before: scripts from strange hosts, coded scripts, hidden frames, a changed title (V1.4).

A changed text is no sign: pages live. What is told are things that a redesign seldom brings and an intruder does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache

import yaml
from pydantic import Field

from crawler.facts import Readable, Reading, SiteFacts
from rules.context import Context
from rules.profile import host_matches
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where
from rules.subjects import host_of
from rules.wordlists import HERE

_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>(.*?)</script", re.IGNORECASE | re.DOTALL)
_CODED = (
    ("用eval还原的脚本", re.compile(r"eval\s*\(\s*(?:function\s*\(p,a,c,k|unescape|atob|String\.from)", re.I)),
    ("成串的字符编码", re.compile(r"fromCharCode\s*\(\s*(?:\d{2,5}\s*,\s*){20,}|(?:\\x[0-9a-f]{2}){40,}", re.I)),
    ("按来源跳转的脚本", re.compile(r"document\.referrer.{0,300}(?:baidu|sogou|360|google|so\.com)", re.I | re.S)),
    ("用脚本写入的隐藏框架", re.compile(r"document\.write\s*\([^)]{0,200}<iframe", re.I | re.S)),
)  # fmt: skip


class TamperingParams(Params):
    """Hosts whose scripts are no surprise, and how many list pages are compared beside the home page."""

    known: list[str] = Field(
        default=["*.gov.cn", "*.conac.cn", "hm.baidu.com", "*.baidu.com", "*.bdimg.com", "*.cnzz.com", "*.51.la",
                 "*.qq.com", "*.weibo.com", "*.jiathis.com", "*.bshare.cn", "*.people.com.cn", "*.xinhuanet.com"],
        description="脚本来自这些域名不算可疑，*. 开头表示其下级域名",
    )  # fmt: skip
    columns: int = Field(default=20, ge=0, le=500, description="首页之外比对几个栏目首页")


@cache
def harmful() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words of gambling and vice; words that show a text against them."""
    data = yaml.safe_load((HERE / "harmful.yaml").read_text(encoding="utf-8"))
    return re.compile("|".join(map(re.escape, data["words"]))), re.compile("|".join(map(re.escape, data["clean"])))


@check("tampering", params=TamperingParams, fields=("page", "signs", "since"))
def tampering(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.4 candidates. Without an earlier round that kept the page there is nothing to hold it against."""
    params = TamperingParams.model_validate(rule.params)
    if not isinstance(site, Readable) or site.home_page is None:
        return
    pages = [(site.home_page.url, "首页", "home")]
    pages += [(fact.url, f"“{fact.column.name}”栏目", "column") for fact in site.columns[: params.columns]]
    for url, name, region in pages:
        now = ctx.reading(site, url)
        before = site.before(url) if now is not None else None
        signs = list(_signs(site, now, before, params)) if now is not None and before is not None else []
        if signs and now is not None and before is not None:
            yield Draft(
                subject=url,
                message=fill(rule.message, {"page": name, "signs": str(len(signs))}),
                gist="tampering",
                certainty="suspected",
                level="part",
                where=(Where(page=url, text=name, region="home" if region == "home" else "column"),),
                where_count=1,
                observed={"internal": signs, "hash": _hash(now), "hash_before": _hash(before)},
            )


def _signs(site: SiteFacts, now: Reading, before: Reading, params: TamperingParams) -> Iterator[str]:
    known = {host_of(link.url) for link in before.page.links} | {site.site.host, *site.site.aliases}
    for tag, what in (("script", "新增外部脚本"), ("iframe", "新增外部框架")):
        for link in now.page.links:
            host = host_of(link.url)
            strange = host and host not in known and not any(host_matches(one, host) for one in params.known)
            if link.tag == tag and strange and not _same_owner(host, site.site.host):
                known.add(host)
                yield f"{what} {link.url}"
    scripts, earlier = "\n".join(_SCRIPT.findall(now.html)), "\n".join(_SCRIPT.findall(before.html))
    for what, sign in _CODED:
        if sign.search(scripts) and not sign.search(earlier):
            yield f"新增{what}"
    bad, clean = harmful()
    title, old = now.page.title or "", before.page.title or ""
    if bad.search(title) and not bad.search(old) and not clean.search(title):
        yield f"标题变为“{title[:60]}”"


def _same_owner(host: str, own: str) -> bool:
    """Hosts under one registered name of three labels: www.yunling.gov.cn and static.yunling.gov.cn."""
    return host.split(".")[-3:] == own.split(".")[-3:]


def _hash(reading: Reading) -> str:
    return hashlib.sha256(reading.markup).hexdigest()[:32]
