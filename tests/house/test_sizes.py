"""Files and functions stay small enough to be read at one go."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.test_direction import HOUSE, ROOT, modules

FILE_LINES = 300
FUNCTION_LINES = 50


def long_functions(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.name}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]


def test_files_are_short() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}


def test_functions_are_short() -> None:
    assert [one for path in modules().values() for one in long_functions(path)] == []


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
