"""A problem in the words of the trade: unit, “栏目名”, fact with a number or a date."""

from __future__ import annotations

from crawler.facts import REASONS, Outcome, Reason
from reports.files import bounded, xml_text
from reports.problems import Names, Problem
from reports.wording import Wording
from rules.schema import Finding

_NAME_LIMIT = 40
_FACT_LIMIT = 120


def quoted(name: str, limit: int = _NAME_LIMIT) -> str:
    """A name in curly quotes; quotes inside become single ones, line breaks go."""
    inner = bounded(" ".join(name.split()), limit).replace("“", "‘").replace("”", "’")
    return f"“{inner}”"


def reason_name(code: object) -> str:
    """The Chinese name of an outcome's reason, the code itself when it is not of the closed list."""
    try:
        return REASONS[Reason(str(code))].name
    except ValueError:
        return str(code or "")


def blocked_reason(code: str) -> bool:
    """Whether a coverage reason means that the site refused us."""
    try:
        return REASONS[Reason(code)].outcome is Outcome.BLOCKED
    except ValueError:
        return False


def fact(finding: Finding, names: Names) -> str:
    """What is wrong, in the rule's own words, with the column where they do not name it; without the unit."""
    message = bounded(" ".join(finding.message.split()), _FACT_LIMIT).rstrip("。；;")
    column = names.column(finding.site, finding.column)
    return message if not column or column in message else f"{quoted(column)}栏目：{message}"


def public_fact(problem: Problem, names: Names, wording: Wording) -> str:
    """The fact as a bulletin may print it: masked categories name the kind of problem only (tone and safety rules)."""
    finding = problem.finding
    if finding.category in wording.masked or _also_masked(finding, names, wording):
        return wording.masked_fact.format(category=finding.category)
    return fact(finding, names)


def _also_masked(finding: Finding, names: Names, wording: Wording) -> bool:
    """Whether a dead link's address is also one of a masked category: its words may advertise gambling."""
    return finding.category == "链接不可用" and any(
        finding.subject in names.subjects_by_category.get(category, ()) for category in wording.masked
    )


def public_url(problem: Problem, wording: Wording) -> str:
    """The page that shows the problem, hidden for masked categories."""
    return wording.masked_url if problem.finding.category in wording.masked else xml_text(page_of(problem.finding))


def page_of(finding: Finding) -> str:
    """The first page that shows the problem, else its subject."""
    return finding.where[0].page if finding.where else finding.subject


def place(finding: Finding, names: Names) -> str:
    """Site and column: 云岭市人民政府门户网站“通知公告”."""
    column = names.column(finding.site, finding.column)
    return xml_text(names.site(finding.site) + (quoted(column) if column else ""))


def example(problem: Problem, names: Names, wording: Wording) -> str:
    """Unit and fact; the site's own name for what is no column's, and beside the unit where that does not say it."""
    finding = problem.finding
    unit, site = names.unit(finding.unit), names.site(finding.site)
    own = unit if finding.column else site
    who = own if site.startswith(unit) else f"{unit}（{site}）"
    done = "（已整改）" if problem.status == "已整改" else ""
    return xml_text(who) + public_fact(problem, names, wording) + done
