"""Foreign hosts that seem to have another owner than in the round before (domain 7.9; V1.3).

A domain that ran out and was registered by somebody else has other name servers and other content. Either alone happens
every day to the same owner (a move to a CDN, a relaunch), so both must have changed, and wholly; whatever speaks for
the same owner leaves the host out. A person decides; a message never prints an address or the new title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from pydantic import Field

from crawler.facts import KnowsOwners, OwnerFact, SiteFacts
from rules.checks.domains import registered
from rules.checks.hidden_links import leads_outside
from rules.context import Context
from rules.profile import Platform
from rules.registry import Draft, Params, check
from rules.schema import Rule, Where
from rules.subjects import home_of

_HAN = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[a-z0-9]{3,}")


class OwnerParams(Params):
    """What titles and name servers say nothing of the owner."""

    harmless: list[Platform] = Field(default_factory=list, description="不列出的域名")
    generic: list[str] = Field(default_factory=list, description="标题中不说明主人的词")
    undecided: list[str] = Field(default_factory=list, description="标题含有这些词的页面不作比较")
    same_servers: list[list[str]] = Field(default_factory=list, description="属于同一服务商的域名服务器的域名")


def words_of(title: str, generic: Sequence[str] = ()) -> set[str]:
    """Pairs of Chinese characters and Latin words of a title, without the generic ones."""
    text = unicodedata.normalize("NFKC", title).lower()
    for word in sorted(generic, key=len, reverse=True):
        text = text.replace(word.lower(), " ")
    found = set(_WORD.findall(text))
    for run in _HAN.findall(text):
        found |= {run[n : n + 2] for n in range(max(1, len(run) - 1))}
    return found


def other_servers(before: Iterable[str], now: Iterable[str], same: Sequence[Sequence[str]] = ()) -> bool:
    """Both are known and no name server, nor the domain of one, nor its provider, stands in both."""
    one, other = _providers(before, same), _providers(now, same)
    return bool(one) and bool(other) and not one & other


def _providers(servers: Iterable[str], same: Sequence[Sequence[str]]) -> set[str]:
    domains = {registered(name) or name.lower().rstrip(".") for name in servers}
    return {next((group[0] for group in same if domain in group), domain) for domain in domains}


def other_titles(before: OwnerFact, now: OwnerFact, params: OwnerParams) -> bool:
    """No title of the host says anything that one of the earlier round said, nor the host's own name."""
    old, new = ([seen.title for seen in fact.pages.values()] for fact in (before, now))
    if any(word.lower() in title.lower() for word in params.undecided for title in (*old, *new)):
        return False
    was, is_now = ([words_of(title, params.generic) for title in titles] for titles in (old, new))
    if not was or not is_now or not all(was) or not all(is_now):
        return False
    name = registered(now.host).partition(".")[0].replace("-", "")
    if len(name) > 2 and any(name in "".join(title.lower().split()).replace("-", "") for title in new):
        return False
    return not set().union(*was) & set().union(*is_now)


@check("new_owners", params=OwnerParams, facts=("links",))
def new_owners(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.3 candidates: hosts outside whose name servers and titles are all others than in the round before."""
    params = OwnerParams.model_validate(rule.params)
    for before, now in site.owners() if isinstance(site, KnowsOwners) else ():
        if not leads_outside(now.host, site, ctx, params.harmless):
            continue
        if not other_servers(before.servers, now.servers, params.same_servers):
            continue
        if not other_titles(before, now, params):
            continue
        shared = min(now.pages.keys() & before.pages.keys())
        seen = now.pages[shared]
        yield Draft(
            subject=home_of(now.host, seen.url),
            message=rule.message,
            gist="owner",
            certainty="suspected",
            level="part",
            where=(Where(page=seen.page or site.site.url, text="外部链接", region="other"),),
            where_count=1,
            observed={
                "host": now.host, "linked": seen.url,
                "titles": [before.pages[shared].title, seen.title],
                "servers": [list(before.servers), list(now.servers)],
            },
        )  # fmt: skip
