"""Files and functions stay small enough to be read at one go."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

from tests.house.test_direction import HOUSE, ROOT, modules

FILE_LINES, FILE_MEDIAN = 500, 140
FUNCTION_LINES, FUNCTION_P90 = 80, 30


def functions(path: Path) -> list[tuple[int, str]]:
    """Length and place of every function of a file."""
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{path.name}:{node.lineno} {node.name}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_files_are_short() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}
    assert median(lines.values()) <= FILE_MEDIAN


def test_functions_are_short() -> None:
    lengths = sorted(one for path in modules().values() for one in functions(path))
    assert [one for one in lengths if one[0] > FUNCTION_LINES] == []
    assert lengths[len(lengths) * 9 // 10][0] <= FUNCTION_P90


def test_modules_and_public_names_say_what_they_are() -> None:
    """A docstring on every module that has code, and on every public class and function at its top level."""
    missing = []
    for name, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree) and name != "crawler.settings":
            missing.append(name)
        missing += [
            f"{name}.{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert missing == []


def test_no_path_of_a_machine_is_committed() -> None:
    """Nothing in the code or the documents knows where it was written."""
    strange = [f"/{name}/" for name in ("root", "work", "tmp")]
    kinds = {".py", ".yaml", ".yml", ".md", ".html", ".toml", ".cfg", ".css", ".js", ".service", ".timer", ""}
    folders = [ROOT / name for name in (*HOUSE, "tests", "benchmarks", "deploy", "docs", ".ci", ".github")]
    files = [p for top in folders if top.is_dir() for p in top.rglob("*") if p.is_file()]
    files += [p for p in ROOT.iterdir() if p.is_file()]
    texts = {p: p.read_text(encoding="utf-8", errors="replace") for p in files if p.suffix in kinds}
    assert len(texts) > 50
    assert [f"{p.relative_to(ROOT)}: {s}" for p, text in texts.items() for s in strange if s in text] == []
