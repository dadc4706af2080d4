"""`scrapy rules`: check rule files and profiles, print the manual, write the JSON Schemas, ask “what if”."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import Engine

from crawler.facts.read import StoredRound
from crawler.facts.store import Run, StoreError, latest_round, latest_run, load_judgement, load_ledger, open_store
from crawler.inventory import BadInput, Inventory, Problem
from reports.commandline import Work
from reports.forms_sheet import form_rows, forms_workbook
from reports.rounds import remembered_answers
from reports.workbook import formats_of
from rules.engine import judge
from rules.forms import answer_form, asked
from rules.ledger import Ledger
from rules.loader import load_ruleset
from rules.manual import manual_html, manual_markdown, write_schemas
from rules.whatif import difference, told


class NothingToJudgeError(Exception):
    """No walked round to try a profile on."""


class RulesWork(Work):
    """Exit status 0 done, 1 nothing to judge or unwritable, 2 bad rule file or argument."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what is asked; errors go to the error stream."""
        profile = opts.rules_profile or self.settings["RULES_PROFILE"]
        try:
            if opts.what_if:
                self._what_if(profile, opts.what_if, opts.round)
            elif args in ([], ["check"]):
                ruleset = load_ruleset(profile)
                title, used, known = ruleset.profile.title, len(ruleset.rules), len(ruleset.known)
                print(f"方案“{title}”采用 {used} 项指标，全部指标文件 {known} 个，没有错误。")
                print(ruleset.digest)
            elif args == ["manual"]:
                self._manual(profile, opts.output)
            elif args == ["schema"]:
                for path in write_schemas(Path(opts.output)) if opts.output else write_schemas():
                    print(path)
            elif args == ["answers"]:
                self._answers(profile, opts.round, opts.output)
            else:
                raise BadInput([Problem(" ".join(args), None, "", "用法不对", self.usage)], label="参数")
        except BadInput as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingToJudgeError, StoreError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
        except OSError as error:
            print(f"无法写入 {error.filename}：{error.strerror}。请检查文件夹权限与磁盘空间。", file=sys.stderr)
            self.exitcode = 1

    def _manual(self, profile: str, output: str) -> None:
        ruleset = load_ruleset(profile)
        text = manual_html(ruleset) if output.lower().endswith((".html", ".htm")) else manual_markdown(ruleset)
        if not output:
            print(text)
            return
        Path(output).write_text(text, encoding="utf-8")
        print(output)

    def _answers(self, profile: str, round_name: str, output: str) -> None:
        """The form of a round: what its last judgement still asks of people, else all that the profile asks."""
        ruleset = load_ruleset(profile)
        engine, run = self._walked(round_name)
        inventory = Inventory.model_validate_json(run.inventory)
        judged = load_judgement(engine, run.round)
        same = judged is not None and judged["profile"] == ruleset.profile.name
        known = judged["extra"].get("unfilled") if judged and same else None
        samples = judged["extra"].get("samples", ()) if judged and same else ()
        text = answer_form(run.round, ruleset, inventory, known, samples)
        if not output:
            print(text, end="")
            return
        if Path(output).exists():
            raise BadInput([Problem(output, None, "", "文件已存在，不覆盖已填的内容", "换一个文件名")], label="填报")
        if output.lower().endswith(".xlsx"):
            given = remembered_answers(engine, run.round) if same else []
            rows = form_rows(asked(ruleset, inventory), given, inventory, samples)
            Path(output).write_bytes(forms_workbook(run.round, rows, formats_of))
        else:
            Path(output).write_text(text, encoding="utf-8")
        print(output)

    def _walked(self, round_name: str) -> tuple[Engine, Run]:
        engine = open_store(self.settings["DATABASE_URL"])
        name = round_name or latest_round(engine)
        run = latest_run(engine, name, states=("walked",)) if name else None
        if run is None:
            raise NothingToJudgeError("没有完成的轮次，请先执行 scrapy crawl gov_sites。")
        return engine, run

    def _what_if(self, profile: str, other: str, round_name: str) -> None:
        now, then = load_ruleset(profile), load_ruleset(other)
        engine, run = self._walked(round_name)
        ledger = Ledger.model_validate({"entries": load_ledger(engine)})
        answers = remembered_answers(engine, run.round)
        with closing(StoredRound(engine, run)) as facts:
            before, after = (
                judge(facts, ruleset, previous=ledger, exemptions=ledger.exemptions(), answers=answers)
                for ruleset in (now, then)
            )
        print(f"{run.round} 轮次，由“{now.profile.title}”改用“{then.profile.title}”：")
        print("\n".join(told(difference(before, after))))
