"""`scrapy rules`, called as Scrapy calls it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from scrapy.settings import Settings

from reports.commands.rules import Command


def call(tmp_path: Path, *args: str) -> int:
    command = Command()
    command.settings = Settings(
        {"RULES_PROFILE": "monthly", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}, priority="project"
    )
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, words = parser.parse_known_args(list(args))
    command.run(words, options)
    return command.exitcode


def test_check_tells_how_many_rules_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "check") == 0
    assert "没有错误" in (out := capsys.readouterr().out) and "sha256:" in out


@pytest.mark.parametrize(("name", "begins"), [("手册.html", "<!doctype html>"), ("手册.md", "# 检查指标手册")])
def test_the_manual_goes_into_a_file(tmp_path: Path, name: str, begins: str) -> None:
    assert call(tmp_path, "manual", "-o", str(tmp_path / name)) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_schemas_go_into_a_folder(tmp_path: Path) -> None:
    assert call(tmp_path, "schema", "-o", str(tmp_path / "schemas")) == 0
    assert {path.name for path in (tmp_path / "schemas").iterdir()} == {
        "rule.schema.json", "profile.schema.json", "answers.schema.json",
    }  # fmt: skip


@pytest.mark.parametrize("args", [["nonsense"], ["--profile", "montly"], ["--what-if", "nowhere"]])
def test_bad_input_ends_with_two(tmp_path: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, *args) == 2
    assert capsys.readouterr().err.strip()


def test_what_if_without_a_walked_round_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "--what-if", "local-example") == 1
    assert "没有完成的轮次" in capsys.readouterr().err


def test_an_unwritable_place_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "manual", "-o", str(tmp_path / "no" / "such.md")) == 1
    assert "无法写入" in capsys.readouterr().err
