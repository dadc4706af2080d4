"""Answers of people: what a machine cannot see, with who, when and proof; and candidates confirmed or cleared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crawler.facts import SiteFacts
from crawler.inventory import Inventory, load_model
from rules.loader import RuleSet
from rules.merge import Drafted
from rules.registry import Draft
from rules.schema import Rule, Where
from rules.subjects import normal

TRIED = "试搜标题："


class Answer(BaseModel):
    """One answer about one indicator of one site. `item`: which numbered case of the indicator, from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str = Field(min_length=1, description="指标编号，如 D11")
    site: str = Field(min_length=1, description="站点编号，须在清单中")
    result: Literal["有问题", "无问题", "不适用"] = Field(description="结论")
    item: int = Field(default=1, ge=1, le=20, description="指标的第几种情形")
    count: int = Field(default=1, ge=1, le=1000, description="几处")
    url: str = Field(default="", description="问题所在的网址，不写即为首页")
    text: str = Field(default="", description="情况说明")
    unit: str = Field(default="", description="责任单位编号，不写即为站点的主办单位")
    by: str = Field(min_length=1, description="填报人")
    on: date = Field(description="填报日期，如 2026-11-18")
    proof: str = Field(default="", description="佐证材料")


class Answers(BaseModel):
    """One file of answers, one a round."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str = Field(min_length=1, description="轮次，如 2026-11")
    answers: list[Answer] = Field(default_factory=list, description="逐条填报")

    @field_validator("answers", mode="before")
    @classmethod
    def _nothing_yet(cls, given: Any) -> Any:
        return [] if given is None else given


def load_answers(path: str | Path, inventory: Inventory, ruleset: RuleSet) -> Answers:
    """The answers of a file. BadInput with every mistake, unknown sites and indicators among them."""
    return load_model(path, Answers, label="填报", checks=lambda data: answer_mistakes(data, inventory, ruleset))


def answer_mistakes(data: Any, inventory: Inventory, ruleset: RuleSet) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """(path, message, remedy) of answers about sites, indicators and cases that are not there."""
    rules = {rule.id: rule for rule in ruleset.known}
    sites = {site.id for site in inventory.sites}
    given = data.get("answers")
    for index, answer in enumerate(given if isinstance(given, list) else []):
        if not isinstance(answer, dict):
            continue
        here = ("answers", index)
        rule = rules.get(str(answer.get("rule", "")))
        if "rule" in answer and rule is None:
            yield (*here, "rule"), f"没有指标 {answer['rule']}", "核对指标编号"
        if "site" in answer and str(answer["site"]) not in sites:
            yield (*here, "site"), f"清单中没有站点 {answer['site']}", f"可选：{'、'.join(sorted(sites))}"
        item = answer.get("item", 1)
        if rule is not None and rule.items and isinstance(item, int) and item > len(rule.items):
            yield (*here, "item"), f"指标 {rule.id} 只有 {len(rule.items)} 种情形", f"写 1 到 {len(rule.items)}"


def answered(site: SiteFacts, rules: Iterable[Rule], answers: Sequence[Answer]) -> Iterator[Drafted]:
    """The problems that people reported of a site: confirmed, since a person saw them."""
    for rule in rules:
        for answer in answers:
            if (answer.rule, answer.site, answer.result) == (rule.id, site.site.id, "有问题"):
                yield rule, _draft(site, rule, answer)


def _draft(site: SiteFacts, rule: Rule, answer: Answer) -> Draft:
    case = rule.items[answer.item - 1] if answer.item <= len(rule.items) else None
    points = case.points if case is not None else rule.points
    total = round(points * answer.count, 4) if points is not None else None
    page = answer.url or site.site.url
    told = answer.text or (case.text if case is not None else rule.name)
    return Draft(
        subject=page,
        message=f"{told}（{answer.count}处）" if answer.count > 1 else told,
        gist=f"{rule.id}.{answer.item}.{answer.text}",
        unit=answer.unit or None,
        where=(Where(page=page, text=answer.text, region="other"),),
        where_count=answer.count,
        observed={"by": answer.by, "on": answer.on.isoformat(), "proof": answer.proof, "item": answer.item},
        deduction=total if rule.level == "deduction" else None,
        bonus=total if rule.level == "bonus" else None,
        reviewed=True,
    )


def cleared(drafted: Drafted, site: SiteFacts, answers: Sequence[Answer]) -> bool:
    """True for a candidate that a person looked at and found in order: at its address, or all of the indicator's."""
    rule, draft = drafted
    return draft.certainty == "suspected" and any(
        answer.result != "有问题"
        and (answer.rule, answer.site) == (rule.id, site.site.id)
        and (not answer.url or normal(answer.url) == normal(draft.subject))
        for answer in answers
    )


def asked(ruleset: RuleSet, inventory: Inventory) -> list[dict[str, Any]]:
    """What the profile asks of people, by indicator and site, with the cases and their points in words."""
    return [
        {"rule": rule.id, "name": rule.name, "site": site.id, "clause": f"{rule.document} {rule.clause}".strip(),
         "cases": [f"{number}. {item.text}（{item.points:g}分）" for number, item in enumerate(rule.items, 1)]}
        for rule in ruleset.rules
        if rule.id in ruleset.profile.forms
        for site in inventory.sites
        if site.kind in rule.applies_to
    ]  # fmt: skip


def unfilled(ruleset: RuleSet, inventory: Inventory, answers: Sequence[Answer]) -> list[dict[str, str]]:
    """未填报: what the profile asks of people and nobody answered, by indicator and site."""
    done = {(answer.rule, answer.site) for answer in answers}
    return [
        {name: row[name] for name in ("rule", "name", "site")}
        for row in asked(ruleset, inventory)
        if (row["rule"], row["site"]) not in done
    ]


def answer_form(
    round_name: str,
    ruleset: RuleSet,
    inventory: Inventory,
    wanted: Sequence[dict[str, str]] | None = None,
    samples: Sequence[dict[str, Any]] = (),
) -> str:
    """The YAML file that people fill in: every item they are asked for, with its cases beside it.

    `wanted` are rows of `unfilled`; None asks for everything of the profile. `samples` are the judgement's: titles that
    were drawn for a test are printed. A line counts once its # is taken away.
    """
    names = {site.id: site.name for site in inventory.sites}
    rules = {rule.id: rule for rule in ruleset.known}
    lines = [
        f"# {ruleset.profile.title}人工填报表。每项删去行首的 # ，填写 result（有问题、无问题、不适用）、by 和 on；",
        "# 有问题时写明 item（第几种情形）、count（几处）、url、text（情况）和 proof（佐证材料）。没有填的列为未填报。",
        "# 填好后执行 scrapy judge --answers 本文件",
        f"round: {json.dumps(round_name)}",
        "answers:",
    ]
    for row in wanted if wanted is not None else unfilled(ruleset, inventory, ()):
        rule = rules[row["rule"]]
        lines += [
            "",
            f"  # {rule.id} {rule.name}：{names.get(row['site'], row['site'])}（{rule.document} {rule.clause}）",
        ]
        lines += [f"  #   情形{number} {item.text}（{item.points:g}分）" for number, item in enumerate(rule.items, 1)]
        lines += [f"  #   {TRIED}{title}" for title in drawn_titles(row, samples)]
        lines.append(f"  # - {{rule: {rule.id}, site: {row['site']}, result: 无问题, by: 填报人, on: 填报日期}}")
    return "\n".join(lines) + "\n"


def drawn_titles(row: Mapping[str, Any], samples: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The titles that a judgement drew for a person's test of an indicator of a site."""
    for sample in samples:
        if (sample["rule"], sample["site"]) == (row["rule"], row["site"]):
            yield from (" ".join(str(title).split()) for title in sample.get("titles", ()))
