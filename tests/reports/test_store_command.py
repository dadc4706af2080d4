"""`scrapy store` as an office types it, on both databases."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.facts import schema
from crawler.facts.engines import engine_of
from reports.commands import store
from tests.facts import first_version as old
from tests.facts.test_archive import ROUND, filled


def typed(url: str, output: Path, *arguments: str) -> int:
    """The command as Scrapy runs it; its exit status."""
    command = store.Command()
    command.settings = Settings({"DATABASE_URL": url, "OUTPUT_DIR": str(output)})
    command.exitcode = 0
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(arguments))
    command.run(args, opts)
    return int(command.exitcode)


def test_a_round_is_archived_thinned_and_brought_back(
    store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(store_url)
    output = tmp_path / "output"
    assert typed(store_url, output, "archive", ROUND, "--remove") == 0
    file = output / "归档" / f"轮次_{ROUND}.zip"
    said = capsys.readouterr().out
    assert file.is_file() and str(file) in said and "含页面 2 个、地址 5 个、首页探测 3 次、台账问题 2 个" in said
    assert typed(store_url, output, "thin", "--months", "1", "--dry-run") == 0
    assert "将精简的轮次：" in capsys.readouterr().out
    assert typed(store_url, output, "restore", str(file)) == 0
    assert f"轮次 {ROUND} 已恢复：页面 2 个、地址 5 个。" in capsys.readouterr().out
    assert typed(store_url, output, "size") == 0
    said = capsys.readouterr().out
    assert "页面 4 个" in said and "每1000个页面" in said


def test_an_upgrade_tells_both_versions(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old.first_store(engine_of(store_url))
    for words in (f"已由版本 1 升级到 {schema.SCHEMA_VERSION}", f"已是最新版本 {schema.SCHEMA_VERSION}"):
        assert typed(store_url, tmp_path, "upgrade") == 0
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 2, "用法：scrapy store archive"),
        (("archive",), 2, "用法："),
        (("archive", "上个月"), 2, "上个月"),
        (("archive", "2020-01"), 1, "没有可归档的巡查"),
        (("restore", "nowhere.zip"), 1, "没有找到归档文件"),
        (("thin", "--months", "0"), 2, "--months 应不小于1"),
    ],
)
def test_what_cannot_be_done_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, told: str
) -> None:
    assert typed(f"sqlite:///{tmp_path}/x.db", tmp_path, *words) == status
    assert told in capsys.readouterr().err
