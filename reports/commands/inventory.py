"""`scrapy inventory`: check an inventory, make one from the register workbook, propose columns, print its schema."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.utils.conf import closest_scrapy_cfg

from crawler.facts.store import StoreError, open_store
from crawler.inventory import (
    BadInput,
    Problem,
    default_inventory,
    inventory_warnings,
    load_inventory,
)
from crawler.inventory.jsonschema import inventory_schema
from crawler.inventory.media import media_yaml
from crawler.inventory.register import inventory_from_register, registered_yaml
from reports.commandline import OfficeCommand
from reports.proposals import propose
from reports.stored import NothingStored


class Command(OfficeCommand):
    """Exit status 0 when done, 1 when nothing is stored to propose from, 2 for bad input; told on the error stream."""

    def syntax(self) -> str:
        made = "import 名录.xlsx [-o 清单.yaml] | media 新媒体.xlsx|新媒体.csv | registered 登记表.xlsx"
        return f"check [清单.yaml] | {made} | propose [--round 轮次] [--site 站点] | schema"

    def short_desc(self) -> str:
        return "检查巡查清单；由名录表生成清单；列出站点上发现的栏目；输出清单的 JSON Schema"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group("清单")
        group.add_argument("-o", "--output", metavar="FILE", help="结果写入该文件（不覆盖已有文件）")
        group.add_argument("--city", default="", help="import：市、县名称")
        group.add_argument("--region-code", default="", help="import：行政区划代码，6位数字")
        group.add_argument("--round", default="", help="propose：取哪个轮次的巡查记录，如 2026-11，缺省为最近一次")
        group.add_argument("--site", default="", help="propose：只看该站点（编号）")
        group.add_argument("--issuer", default="", help="import：印发通报的机关")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            match args:
                case ["check"]:
                    self._check(_own_inventory())
                case ["check", file]:
                    self._check(Path(file))
                case ["import", file]:
                    given = {"city": opts.city, "region_code": opts.region_code, "issuer": opts.issuer}
                    self._write(inventory_from_register(file, **given), opts.output)
                case ["media", file]:
                    self._write(media_yaml(file, load_inventory(_own_inventory())), opts.output)
                case ["registered", file]:
                    self._write(registered_yaml(file), opts.output)
                case ["propose"]:
                    assert self.settings is not None
                    found = propose(open_store(self.settings["DATABASE_URL"]), opts.round, opts.site)
                    self._write(found, opts.output)
                case ["schema"]:
                    self._write(inventory_schema(), opts.output)
                case _:
                    raise BadInput([Problem(" ".join(args), None, "", "用法不对", self.syntax())], label="参数")
        except BadInput as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingStored, StoreError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1

    def _check(self, path: Path) -> None:
        inventory = load_inventory(path)
        columns = sum(len(site.columns) for site in inventory.sites)
        print(
            f"清单 {path} 可以使用：{inventory.city}，{len(inventory.units)}个单位、{len(inventory.sites)}个站点、"
            f"{columns}个栏目、{len(inventory.media_accounts)}个新媒体账号、{len(inventory.exemptions)}条豁免。"
        )
        warnings = inventory_warnings(path)
        if warnings:
            print(f"另有 {len(warnings)} 处提醒：")
        for warning in warnings:
            print(f"  {warning}")

    def _write(self, text: str, output: str | None) -> None:
        if not output:
            print(text, end="")
            return
        try:
            with Path(output).open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise BadInput([Problem(output, None, "", "文件已存在", "换一个文件名")], label="输出") from None
        except OSError as error:
            reason = f"无法写入（{error.strerror or error}）"
            raise BadInput([Problem(output, None, "", reason, "检查路径与权限")], label="输出") from None
        print(f"已写入 {output}")


def _own_inventory() -> Path:
    root = Path(closest_scrapy_cfg()).parent
    path = default_inventory(root)
    if path is None:
        raise BadInput(
            [
                Problem(
                    "inventory.yaml", None, "", "项目目录下没有清单", "复制 inventory.example.yaml 后修改，或给出文件名"
                )
            ],
            label="清单",
        )
    return path
