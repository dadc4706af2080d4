"""`scrapy judge`: judge the stored facts of a round again, without any request."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crawler.facts.store import STORED_AWAY, Run, StoreError, latest_round, latest_run, open_store
from crawler.inventory import BadInput, Inventory, Problem
from crawler.rounds import BadArgument, parse_round
from reports.commandline import Work
from reports.files import OutputError, check_writable
from reports.forms_sheet import read_forms
from reports.rounds import NothingSeen, judge_and_write
from reports.terminal import print_summary
from rules.forms import Answer, load_answers
from rules.loader import RuleSet, load_ruleset


class JudgeWork(Work):
    """Exit status as for a crawl: 0, 1 nothing to judge, 2 bad rule file or argument."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Judge and write."""
        output = Path(self.settings["OUTPUT_DIR"])
        try:
            rules = load_ruleset(opts.rules_profile or self.settings["RULES_PROFILE"])
            check_writable(output)
            engine = open_store(self.settings["DATABASE_URL"])
            name = opts.round or (args[0] if args else "") or latest_round(engine)
            if not name:
                raise NothingSeen("数据库中还没有完成的轮次，请先执行 scrapy crawl gov_sites。")
            run = latest_run(engine, parse_round(name, None), states=("walked",))
            if run is None and latest_run(engine, name, states=STORED_AWAY) is not None:
                raise NothingSeen(f"轮次 {name} 的事实已归档或精简，须先执行 scrapy store restore 归档文件 才能评判。")
            if run is None:
                raise NothingSeen(f"轮次 {name} 没有完成的巡查，请先执行 scrapy crawl gov_sites -a round={name}。")
            answers = self._answers(opts.answers, run, rules)
            judged = judge_and_write(engine, run, rules, output, answers)
        except (BadInput, BadArgument) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingSeen, StoreError, OutputError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
        else:
            print_summary(judged.judgement, judged.paths)
            if judged.trial:
                print(f"本次用方案 {rules.profile.name} 试评，与本轮台账所用方案不同：结果另行存放，不计入台账。")
            if missing := judged.judgement.extra.get("unfilled"):
                print(f"未填报 {len(missing)} 项，可用 scrapy rules answers 生成填报表。")

    def _answers(self, path: str, run: Run, rules: RuleSet) -> Sequence[Answer]:
        """What people reported for this round. BadInput for mistakes and for another round's file."""
        if not path:
            return ()
        inventory = Inventory.model_validate_json(run.inventory)
        workbook = path.lower().endswith(".xlsx")
        given = read_forms(Path(path), inventory, rules) if workbook else load_answers(path, inventory, rules)
        if given.round != run.round:
            message = f"填报的轮次是 {given.round}，评判的是 {run.round}"
            raise BadInput([Problem(path, 1, "round", message, "核对 --round 和填报文件")], label="填报")
        return given.answers
