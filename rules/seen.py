"""Was a problem of an earlier round seen in order? Not visited, blocked or undecided is no “yes”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.facts import NetworkFact, Outcome, PageFact, SiteFacts
from rules.checks.home import home_was_read
from rules.checks.ipv6 import readiness
from rules.context import AddressBook, Context
from rules.forms import Answer
from rules.ledger import Entry
from rules.loader import RuleSet
from rules.media import account_states
from rules.registry import CHECKS, Draft, PageVisitor
from rules.schema import Finding
from rules.subjects import normal
from rules.windows import Window

_UNDECIDED = ("未能判定", "无法访问")
_BY_SILENCE = ("G15", "N12", "V1.3-owner", "V1.3-hidden")  # nothing else shows that they are mended
_OF_REGISTER = ("G16", "A3")  # silent where the register was not given
_DEFINITE = {"ok", "dead", "nodata", "nxdomain"}  # answers of the network that settle a question


class Seen:
    """Collects, while the sites are judged, which open problems were looked at again and found in order.

    The silence of a rule that `ruleset` does not use says nothing; `answers` are what people said this round.
    """

    def __init__(
        self, open_entries: Sequence[Entry], context: Context, ruleset: RuleSet, answers: Sequence[Answer] = ()
    ) -> None:
        self._context = context
        self._ran = {rule.id for rule in ruleset.rules}
        self._in_order = {(answer.rule, answer.site) for answer in answers if answer.result != "有问题"}
        self._checks = {rule.id: rule.check for rule in ruleset.known}
        self._open: dict[str, list[Finding]] = {}
        for entry in open_entries:
            self._open.setdefault(entry.finding.site, []).append(entry.finding)
        self._good: set[str] = set()
        self._pages: set[str] = set()

    def in_order(self, finding: Finding) -> bool:
        """True when the place of an earlier finding was seen in order this round."""
        return finding.fingerprint in self._good

    def visitor(self, site: SiteFacts) -> PageVisitor:
        """Notes which of the pages that open problems name were read this round."""
        wanted = {
            normal(url)
            for finding in self._open.get(site.site.id, ())
            for url in (finding.subject, *(where.page for where in finding.where))
        }
        self._pages = set()
        return _PagesRead(wanted, self._pages)

    def note_site(self, site: SiteFacts, found: Sequence[Finding], failed: set[str]) -> None:
        """Decide for the open problems of one site; `failed`: rules whose check raised on it."""
        now = {finding.fingerprint for finding in found}
        for finding in self._open.get(site.site.id, ()):
            rules = {finding.rule, *finding.observed.get("also", ())}
            if finding.fingerprint in now or rules & failed or not self._answered(finding, rules, site):
                continue
            if self._settled(finding, site):
                self._good.add(finding.fingerprint)

    def _answered(self, finding: Finding, rules: set[str], site: SiteFacts) -> bool:
        """Everything that the finding's checks rest on was answered this round."""
        for name in {fact for rule in rules if (check := self._checks.get(rule)) for fact in _facts_of(check)}:
            if name == "links":
                if not self._holders_read(finding):
                    return False
                continue
            probe, _, key = name.partition("/")
            outcomes = {fact.outcome for fact in site.network if (fact.probe, fact.key) == (probe, key)}
            if not outcomes or not outcomes <= _DEFINITE:
                return False
        return True

    def _holders_read(self, finding: Finding) -> bool:
        pages = {normal(where.page) for where in finding.where}
        return bool(pages) and pages <= self._pages and finding.where_count <= len(finding.where)

    def _settled(self, finding: Finding, site: SiteFacts) -> bool:
        if {"by", "on", "proof"} <= finding.observed.keys():  # a person told it: rules.forms
            return (finding.rule, site.site.id) in self._in_order
        if finding.rule in _BY_SILENCE and finding.rule not in self._ran:
            return False
        match finding.category:
            case "链接不可用":
                return self._link(finding)
            case "栏目不更新" | "空白栏目":
                return self._columns(finding, site)
            case "首页不更新":
                return home_was_read(site) and bool(site.home_items)
            case "IPv6不支持":
                return self._ipv6(finding, site)
            case "站点无法访问":
                return site.home is not None and site.home.outcome is Outcome.OK
            case "暗链外链":
                return self._holders_read(finding) and not self._still_linked(finding)
            case "域名不规范":
                return site.home is not None
            case "政务新媒体":
                return self._account(finding)
        if finding.rule == "D24" and finding.observed.get("asked") and not any(map(_search_answered, site.network)):
            return False  # the site's search told of it and was not asked again
        asked = finding.rule in self._ran and (finding.rule not in _OF_REGISTER or self._context.inventory.registered)
        return bool(asked) and normal(finding.subject) in self._pages

    def _account(self, finding: Finding) -> bool:
        """A new post was seen, or the account need not post any more. One that left the register is not known."""
        states = account_states(self._context, Window(days=14))
        return any(one.subject == finding.subject and one.state in ("正常", "不检查") for one in states)

    def _link(self, finding: Finding) -> bool:
        """The target answers well now, or every page that held it was read and holds it no more."""
        facts = self._context.facts
        if not isinstance(facts, AddressBook):
            return False
        target = facts.address(finding.subject)
        if target is not None:
            return target.outcome is Outcome.OK
        return self._holders_read(finding)

    def _still_linked(self, finding: Finding) -> bool:
        """For what is seen in the round of a change only: silence is a good answer once no page holds the link."""
        url, facts = finding.observed.get("linked"), self._context.facts
        return url is not None and (not isinstance(facts, AddressBook) or facts.address(url) is not None)

    def _columns(self, finding: Finding, site: SiteFacts) -> bool:
        states = self._context.columns(site)
        if finding.level == "veto":
            bad = "未更新" if finding.category == "栏目不更新" else "空白"
            doubtful = sum(state.state in (*_UNDECIDED, bad) for state in states)
            return bool(states) and doubtful < int(finding.observed.get("at_least", 1))
        for state in states:
            if normal(state.fact.url) == normal(finding.subject):
                filled = finding.category == "空白栏目" and state.fact.item_count > 0
                return state.state == "正常" or (filled and state.state not in _UNDECIDED)
        return False

    def _ipv6(self, finding: Finding, site: SiteFacts) -> bool:
        """Each fault that was told must be answered definitely; without AAAA the home page was not asked."""
        state = readiness(site, self._context)
        before, now = finding.observed, {"aaaa": state.aaaa, "home": state.home, "ns": state.ns}
        told = {key for key in now if before.get(key) in ("不支持", "疑似不支持")}
        if "aaaa" in told:
            told.discard("home")
        return all(now[key] == "支持" for key in told)


def _search_answered(fact: NetworkFact) -> bool:
    return fact.probe == "search" and fact.outcome in ("ok", "missing")


def _facts_of(check: str) -> tuple[str, ...]:
    spec = CHECKS.get(check)
    return spec.facts if spec is not None else ()


class _PagesRead:
    def __init__(self, wanted: set[str], read: set[str]) -> None:
        self.wanted = wanted
        self.read = read

    def visit(self, page: PageFact) -> None:
        """Remembers a page that an open problem names."""
        if self.wanted and normal(page.url) in self.wanted:
            self.read.add(normal(page.url))

    def drafts(self) -> Iterator[Draft]:
        """No findings of its own."""
        return iter(())
