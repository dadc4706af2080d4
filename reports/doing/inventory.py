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
from reports.commandline import Work
from reports.proposals import propose
from reports.stored import NothingStored


class InventoryWork(Work):
    """Exit status 0 when done, 1 when nothing is stored to propose from, 2 for bad input; told on the error stream."""

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
                    found = propose(open_store(self.settings["DATABASE_URL"]), opts.round, opts.site)
                    self._write(found, opts.output)
                case ["schema"]:
                    self._write(inventory_schema(), opts.output)
                case _:
                    raise BadInput([Problem(" ".join(args), None, "", "用法不对", self.usage)], label="参数")
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
