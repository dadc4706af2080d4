"""What the sentences of a bulletin draw on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from crawler.inventory import Inventory
from reports import figures
from reports.numbers import Numbers
from reports.options import Options
from reports.problems import Names
from rules.schema import Judgement

MOST_NAMED = 5


@dataclass(frozen=True)
class Telling:
    """What the sentences draw on: one judgement, its numbers, the names and the choices."""

    judgement: Judgement
    inventory: Inventory
    numbers: Numbers
    names: Names
    options: Options

    @property
    def moment(self) -> datetime:
        """监测时间点 in China Standard Time."""
        return figures.moment(self.judgement.as_of)

    @property
    def day(self) -> date:
        """Day of the monitoring point."""
        return self.moment.date()

    @property
    def period(self) -> str:
        """Name of the round's period."""
        return figures.period_name(self.judgement.round)

    @property
    def area(self) -> str:
        """全市, 全县, 全区 … after the last character of the city's name."""
        last = self.inventory.city[-1:]
        return f"全{last}" if last in "省市县区州旗盟" else self.inventory.city

    @property
    def this(self) -> str:
        """本次 of one check, 本期 of a period of several."""
        return "本期" if self.numbers.span else "本次"

    @cached_property
    def vetoed(self) -> frozenset[tuple[str, str]]:
        """(site, category) of the problems that are, or count towards, a veto that failed their site."""
        vetoes = {site.id: set(site.vetoes) for site in self.judgement.sites if site.verdict == "不合格"}
        return frozenset((f.site, f.category) for f in self.judgement.findings if f.rule in vetoes.get(f.site, ()))

    def rate(self, part: int, whole: int) -> str:
        """A rate with the chosen number of decimals."""
        return figures.rate(part, whole, self.options.decimals)

    def annex(self, number: int) -> str:
        """（详见附件n）."""
        return f"（详见附件{number}）"
