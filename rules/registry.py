"""The checks by name: a rule file names one, the loader tells an unknown one, the engine runs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from rules.schema import Category, Certainty, Level, Rule, Where

if TYPE_CHECKING:
    from crawler.facts import PageFact, SiteFacts
    from rules.context import Context


class Params(BaseModel):
    """Parameters of a check; a subclass gives each its type, range and default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check found, before the engine makes a finding of it. None means: as the rule or the site has it.

    `gist` names the fact: drafts of one subject that share it tell the same thing under several clauses and become one
    finding; drafts that differ become one finding whose message tells each. `deduction` of a suspected draft is what it
    would cost: it is taken only once a person has confirmed it.
    """

    subject: str
    message: str
    gist: str = ""
    certainty: Certainty = "confirmed"
    level: Level | None = None
    category: Category | None = None
    unit: str | None = None
    column: str | None = None
    where: tuple[Where, ...] = ()
    where_count: int = 0
    observed: Mapping[str, Any] = field(default_factory=dict)
    deduction: float | None = None
    bonus: float | None = None
    fix: str = ""
    reviewed: bool = False  # a person saw it


class PageVisitor(Protocol):
    """A check that looks at every page of a site once, in any order, and then tells what it found."""

    def visit(self, page: PageFact) -> None:
        """Look at one page."""
        ...

    def drafts(self) -> Iterator[Draft]:
        """What was found on all of them."""
        ...


SiteRun = Callable[["SiteFacts", Rule, "Context"], Iterator[Draft]]
PageRun = Callable[["SiteFacts", Rule, "Context"], PageVisitor]


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One registered check. `fields`: the names that a rule's message may use in braces.

    `facts`: what must be answered before a problem that is not found any more counts as mended: `probe/key` of network
    facts, or `links` for the pages that held it.
    """

    name: str
    params: type[Params]
    fields: frozenset[str]
    facts: tuple[str, ...] = ()
    run: SiteRun | None = None
    visitor: PageRun | None = None


CHECKS: dict[str, CheckSpec] = {}
_FIELD = re.compile(r"\{([^{}]*)\}")


def check(
    name: str, *, params: type[Params] = Params, fields: tuple[str, ...] = (), facts: tuple[str, ...] = ()
) -> Callable[[SiteRun], SiteRun]:
    """Register a check that judges a site from its columns, links and network facts."""

    def register(run: SiteRun) -> SiteRun:
        _add(CheckSpec(name, params, frozenset(fields), facts, run=run))
        return run

    return register


def page_check(
    name: str, *, params: type[Params] = Params, fields: tuple[str, ...] = ()
) -> Callable[[PageRun], PageRun]:
    """Register a check that looks at every page; all of them share one walk over the pages."""

    def register(make: PageRun) -> PageRun:
        _add(CheckSpec(name, params, frozenset(fields), visitor=make))
        return make

    return register


def _add(spec: CheckSpec) -> None:
    if spec.name in CHECKS:
        raise ValueError(f"two checks named {spec.name}")
    CHECKS[spec.name] = spec


def message_fields(message: str) -> set[str]:
    """Names in braces of a rule's message."""
    return set(_FIELD.findall(message))


def fill(message: str, values: Mapping[str, Any]) -> str:
    """The message with its names replaced; braces inside the values are left alone."""
    return _FIELD.sub(lambda found: str(values.get(found[1], found[0])), message)
