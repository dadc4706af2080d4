"""Reading YAML: values, lines, and files that are not what they should be."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.inventory import BadInput, Problem, load_inventory, load_yaml

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_problem(path: Path) -> Problem:
    with pytest.raises(BadInput) as caught:
        load_yaml(path)
    (problem,) = caught.value.problems
    return problem


def test_values_and_lines(tmp_path: Path) -> None:
    data, lines = load_yaml(write(tmp_path, "a:\n  - {b: 1, c: x}\n  -\n    b: 2\n\n\nd: |\n  text\n  more\n"))
    assert data == {"a": [{"b": 1, "c": "x"}, {"b": 2}], "d": "text\nmore\n"}
    assert lines[()] == 1
    assert lines[("a",)] == 1
    assert lines[("a", 0, "c")] == 2
    assert lines[("a", 1)] == lines[("a", 1, "b")] == 4
    assert lines[("d",)] == 7


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("on", "on"), ("y", "y"), ("true", True), ("False", False), ("~", None), ("", None),
        ("12", 12), ("-3", -3), ("0", 0), ("0532", "0532"), ("0x1F", "0x1F"), ("12:30", "12:30"), ("1_000", "1_000"),
        ("1.5", 1.5), (".nan", ".nan"), ("9" * 40, "9" * 40), ("2026-11-18", date(2026, 11, 18)),
        ("2026-02-30", "2026-02-30"), ("2026-11-18T10:00:00+08:00", "2026-11-18T10:00:00+08:00"), ('"12"', "12"),
    ],
)  # fmt: skip
def test_plain_scalars(tmp_path: Path, written: str, value: object) -> None:
    data, _ = load_yaml(write(tmp_path, f"a: {written}\n"))
    assert data["a"] == value
    assert type(data["a"]) is type(value)


def test_merge_keys_keep_what_is_written(tmp_path: Path) -> None:
    data, _ = load_yaml(write(tmp_path, "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n"))
    assert data["use"] == {"x": 1, "y": 3}


def test_bom_and_windows_line_ends(tmp_path: Path) -> None:
    data, lines = load_yaml(write(tmp_path, b"\xef\xbb\xbfcity: \xe4\xba\x91\r\nb: 2\r\n"))
    assert data == {"city": "云", "b": 2}
    assert lines[("b",)] == 2


@pytest.mark.parametrize(
    ("content", "line", "message", "remedy"),
    [
        ("a: 1\nb:\n\t- c\n", 3, "制表符", "空格"),
        ("a: 1\ncity：云岭市\nb: 1\n", 2, "全角冒号", "半角冒号"),
        ('a: 1\nb: "x\nc: 2\n', 3, "引号没有成对", "引号"),
        ("a: b: c\n", 1, "冒号的位置不对", "引号"),
        ("a: [1, 2\nb: 3\n", 2, "没有成对", "[ ]"),
        ("a: {b: 1\n", 1, "没有成对", "{ }"),
        ("a:\n  b: 1\n c: 2\n", 3, "缩进", "对齐"),
        ("a: @x\n", 1, "特殊符号", "引号"),
        ("a: *.gov.cn\n", 1, "没有定义", "引号"),
        ("a: 1\n---\nb: 1\n", 2, "多个文档", "一个文档"),
        ("a: 1\nb: 2\na: 3\n", 3, "“a”重复", "第1行"),
        ("a: &a [*a]\n", 1, "指向了自己", "引用"),
        ("? [a]\n: 1\n", 1, "字段名", "冒号"),
        ("a: !!python/object/apply:os.system [x]\n", 1, "不支持的标签", "删去"),
        ("a: 1\nb: \x07\n", 2, "控制字符", "重新输入"),
        ("", None, "空的", "示例"),
        ("# only words\n", None, "空的", "示例"),
        ("云岭市".encode("gbk") * 9, None, "GBK", "UTF-8"),
        ("a: 云岭市".encode("utf-16"), None, "UTF-16", "UTF-8"),
        (b"a: 1\nb: \xff\x81\x00\xfe\n", None, "第2行", "UTF-8"),
        (b"PK\x03\x04rest", None, "Excel", "scrapy inventory import"),
        (b"#" * 5_000_001, None, "超过 5 MB", "核对"),
    ],
)  # fmt: skip
def test_unreadable(tmp_path: Path, content: str | bytes, line: int | None, message: str, remedy: str) -> None:
    problem = only_problem(write(tmp_path, content))
    assert problem.line == line
    assert message in problem.message
    assert remedy in problem.remedy


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "不存在" in only_problem(tmp_path / "none.yaml").message
    assert "文件夹" in only_problem(tmp_path).message
    assert only_problem(tmp_path / "none.yaml").file == str(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "content",
    [
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{n}: &{n} [{','.join([f'*{p}'] * 10)}]\n" for p, n in itertools.pairwise("abcdefghi")),
        "[" * 100_000,
        "a: " + "{a: " * 5_000 + "1" + "}" * 5_000,
        "- " * 20_000 + "x",
    ],
    ids=["alias-bomb", "open-brackets", "deep-braces", "deep-dashes"],
)  # fmt: skip
def test_bombs_are_refused_quickly(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content)
    start = time.process_time()
    problem = only_problem(path)
    assert time.process_time() - start < 5
    assert problem.message


def test_all_duplicates_and_tags_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load_yaml(write(tmp_path, "a: 1\na: 2\nb: !x 1\nb: 2\n"))
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_end_in_data_or_bad_input(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), content)
    try:
        load_inventory(path)
    except BadInput as error:
        assert str(error)


def test_without_the_c_parser() -> None:
    """PyYAML built without libyaml has other error words; the same mistakes are told all the same."""
    code = (
        "import sys, yaml, pytest; del yaml.CSafeLoader; "
        f"sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', {__file__!r}, '-k', 'not c_parser']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
