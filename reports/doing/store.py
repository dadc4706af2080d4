"""`scrapy store`: the fact store itself: archive and restore rounds, thin out old ones, tell its size, upgrade it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.facts import schema
from crawler.facts.archive import archive, restore
from crawler.facts.engines import engine_of, without_password
from crawler.facts.errors import StoreError, plain
from crawler.facts.sizes import size_of
from crawler.facts.store import now, open_store
from crawler.facts.thinning import thin
from crawler.facts.upgrading import upgrade
from crawler.rounds import BadArgument, parse_round
from reports.commandline import BadUse, Work


class StoreWork(Work):
    """Exit status: 0 done, 1 could not be done, 2 bad argument."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the first argument says."""
        try:
            self._do(args, opts)
        except (BadUse, BadArgument) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except StoreError as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
        except (SQLAlchemyError, OSError) as error:
            print(f"数据库操作未完成：{plain(error)}。数据库保持原样。", file=sys.stderr)
            self.exitcode = 1

    def _do(self, args: list[str], opts: argparse.Namespace) -> None:
        url = str(self.settings["DATABASE_URL"])
        match args:
            case ["archive", name]:
                code = parse_round(name, None)
                file = Path(opts.to or Path(self.settings["OUTPUT_DIR"]) / "归档" / f"轮次_{code}.zip")
                self._archive(open_store(url), code, file, remove=opts.remove)
            case ["restore", file]:
                self._restore(open_store(url), Path(file), replace=opts.replace)
            case ["thin"]:
                if opts.months < 1:
                    raise BadUse("--months 应不小于1")
                self._thin(open_store(url), opts.months, dry=opts.dry_run)
            case ["size"]:
                self._size(open_store(url))
            case ["upgrade"]:
                self._upgrade(url)
            case _:
                raise BadUse(f"用法：scrapy store {self.usage}")

    def _archive(self, engine: Engine, code: str, file: Path, *, remove: bool) -> None:
        done = archive(engine, code, file, remove=remove)
        print(f"轮次 {code} 已归档到 {done.file}：{_bytes(done.size)}（展开后 {_bytes(done.unpacked)}）")
        print(
            f"含页面 {done.rows['page']} 个、地址 {done.rows['address']} 个、"
            f"首页探测 {done.rows['probe']} 次、台账问题 {done.rows.get('ledger', 0)} 个，已读回核对。"
        )
        if remove:
            print("该轮事实已从数据库移除；评判结果和台账保留。执行 scrapy store thin 收回磁盘空间。")

    def _restore(self, engine: Engine, file: Path, *, replace: bool) -> None:
        done = restore(engine, file, replace=replace)
        print(f"轮次 {done.round} 已恢复：页面 {done.rows['page']} 个、地址 {done.rows['address']} 个。")
        print(
            f"{'评判结果已恢复' if done.judgement else '数据库中已有该轮评判结果，保留不变'}；"
            f"补入台账问题 {done.ledger} 个、首页探测 {done.probes} 次（已有的不变）。"
        )

    def _thin(self, engine: Engine, months: int, *, dry: bool) -> None:
        done = thin(engine, months, now(), dry=dry)
        names = "、".join(done.rounds) or "无"
        if done.unjudged:
            print(f"尚未评判，未精简：{'、'.join(done.unjudged)}。可先执行 scrapy judge --round 轮次。")
        if dry:
            print(f"将精简的轮次：{names}。数据库现为 {_bytes(done.before)}。")
            return
        print(f"已精简的轮次：{names}。移除 {done.rows} 行事实；首页探测 {done.probes} 次合并为按日统计。")
        print(f"数据库由 {_bytes(done.before)} 变为 {_bytes(done.after)}。问题、评判结果、台账和证据均保留。")

    def _size(self, engine: Engine) -> None:
        size = size_of(engine)
        print(f"数据库共 {_bytes(size.bytes)}，页面 {size.pages} 个")
        if size.per_thousand is not None:
            print(f"每1000个页面 {_bytes(size.per_thousand)}（含其链接、正文和索引）")
        for table in size.tables:
            if table.rows:
                print(f"  {table.name:<12}{table.rows:>12} 行  {_bytes(table.bytes):>12}")

    def _upgrade(self, url: str) -> None:
        before = upgrade(engine_of(url))
        if before is None:
            print(f"已建立数据库 {without_password(url)}，版本 {schema.SCHEMA_VERSION}。")
        elif before == schema.SCHEMA_VERSION:
            print(f"数据库已是最新版本 {before}。")
        else:
            print(f"数据库已由版本 {before} 升级到 {schema.SCHEMA_VERSION}。")


def _bytes(count: float) -> str:
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if count >= step:
            return f"{count / step:.1f} {unit}"
    return f"{count:.0f} B"
