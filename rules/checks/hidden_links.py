"""Links that readers do not see (暗链, domain 7.9; V1.3): hidden in the page, or served to search engines only.

Always for a person to look at: menus and share buttons are hidden as well. Hosts under gov.cn, the body's own hosts,
allowed platforms and the harmless ones of the rule file are left out. A message never prints an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from pydantic import Field

from crawler.facts import BadLink, Outcome, Reason, SiteFacts
from rules.checks.domains import is_gov, registered
from rules.checks.home import home_place
from rules.checks.links import unit_of, wheres
from rules.context import Context, public_host
from rules.profile import Platform, host_matches
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule
from rules.subjects import home_of, host_of


@runtime_checkable
class HidesLinks(Protocol):
    """Site facts that keep the hidden links which lead to other hosts, good targets among them."""

    def hidden_links(self) -> Iterator[BadLink]:
        """Targets on hosts outside the inventory that some page of the site holds without showing them."""
        ...


class HiddenParams(Params):
    """What is hidden often and harmlessly, and the words that are never harmless."""

    harmless: list[Platform] = Field(default_factory=list, description="常被隐藏而无害的域名")
    words: list[str] = Field(default_factory=list, description="暗链常用的锚文本")
    pages: int = Field(default=1, ge=1, description="至少几个页面含有才列出；有其他迹象的不受此限")


class ServedParams(Params):
    """Hosts that a page may show to search engines only."""

    harmless: list[Platform] = Field(default_factory=list, description="无害的域名，如统计、提交收录")


def leads_outside(host: str, site: SiteFacts, ctx: Context, harmless: Sequence[Platform]) -> bool:
    """True for a host that is neither a government name, the body's own, an allowed platform nor harmless."""
    if not host or public_host(f"//{host}/") is None or is_gov(host) or ctx.profile.allows(host):
        return False
    own = {host_of(f"//{name}") for name in (*site.site.aliases, *site.site.own_hosts)}
    own |= {other.host for other in ctx.inventory.sites}
    same = registered(host) != "" and registered(host) in {registered(name) for name in own}
    return host not in own and not same and not any(host_matches(one.host, host) for one in harmless)


def _signs(links: Sequence[BadLink], words: Sequence[str]) -> list[str]:
    """What speaks against a host beside being hidden."""
    texts = " ".join(holder.text for link in links for holder in link.holders).lower()
    signs = [f"链接文字含“{word}”" for word in words if word.lower() in texts][:3]
    if any(link.target.reason is Reason.CHANGED_OWNER for link in links):
        signs.append("目标疑似已更换主人")
    if any(link.target.outcome is Outcome.DEAD for link in links):
        signs.append("目标已打不开")
    return signs


@check("hidden_links", params=HiddenParams, fields=("count", "pages", "signs"), facts=("links",))
def hidden_links(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.3 candidates: one for each host outside that the site's pages link to without showing the link."""
    params = HiddenParams.model_validate(rule.params)
    by_host: dict[str, list[BadLink]] = {}
    for link in site.hidden_links() if isinstance(site, HidesLinks) else ():
        host = host_of(link.target.url)
        if leads_outside(host, site, ctx, params.harmless):
            by_host.setdefault(host, []).append(link)
    for host, links in sorted(by_host.items()):
        links.sort(key=lambda link: link.target.url)
        signs = _signs(links, params.words)
        pages = max(link.holder_count for link in links)
        if pages < params.pages and not signs:
            continue
        holders = sorted(
            (holder for link in links for holder in link.holders), key=lambda h: (h.region != "home", h.page, h.text)
        )
        unit, column = unit_of(holders, site, ctx)
        values = {"count": len(links), "pages": pages, "signs": f"，{'、'.join(signs)}" if signs else ""}
        yield Draft(
            subject=home_of(host, links[0].target.url),
            message=fill(rule.message, values),
            gist="hidden",
            certainty="suspected",
            level="part",
            unit=unit,
            column=column,
            where=wheres(holders),
            where_count=max(pages, len({holder.page for holder in holders})),
            observed={
                "host": host, "signs": signs, "count": len(links),
                "targets": [link.target.url for link in links[:20]], "raw": holders[0].raw,
            },
        )  # fmt: skip


@check("served_otherwise", params=ServedParams, fields=("count",), facts=("cloak/home",))
def served_otherwise(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.3 candidates: links to hosts outside that the home page has for a search engine and not for readers."""
    params, fact = ServedParams.model_validate(rule.params), ctx.network(site, "cloak", "home")
    if fact is None or fact.outcome != Outcome.OK:
        return
    found = [
        target for target in fact.data.get("outside", ()) if leads_outside(host_of(target), site, ctx, params.harmless)
    ]
    if found:
        yield Draft(
            subject=site.site.url,
            message=fill(rule.message, {"count": len(found)}),
            gist="cloak",
            certainty="suspected",
            level="part",
            where=(home_place(site),),
            where_count=1,
            observed={"targets": found[:20], "difference": fact.data.get("difference")},
        )
