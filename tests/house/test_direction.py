"""The three packages and their one direction: crawler sees, rules judge, reports tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("crawler", "rules", "reports")
OPEN_TO_RULES = ("crawler.facts", "crawler.inventory")
WITHOUT_SCRAPY = ("rules", "crawler.pages", "crawler.seeing", "crawler.facts", "crawler.inventory")


def module_name(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the three packages by its dotted name."""
    return {module_name(path, root): path for top in HOUSE for path in sorted((root / top).rglob("*.py"))}


def imports(name: str, path: Path) -> Iterator[str]:
    """What a module imports, absolute, `from a import b` as `a.b`; imports by a string literal count as well."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=source, names=names, level=level):
                base = ".".join(package.split(".")[: len(package.split(".")) - level + 1]) if level else ""
                origin = ".".join(part for part in (base, source) if part)
                yield from (f"{origin}.{alias.name}" for alias in names)
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[first, *_]):
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def wrong_ways(root: Path = ROOT) -> list[str]:
    """Imports that go against the direction, as `module -> imported`."""
    found = []
    for name, path in modules(root).items():
        for imported in imports(name, path):
            if inside(name, "crawler"):
                wrong = inside(imported, "rules", "reports")
            elif inside(name, "rules"):
                wrong = inside(imported, "reports") or (
                    inside(imported, "crawler") and not inside(imported, *OPEN_TO_RULES)
                )
            else:  # the commands a person types are the door to all three
                wrong = (
                    not inside(name, "reports.commands", "reports.doing")
                    and inside(imported, "crawler")
                    and not inside(imported, *OPEN_TO_RULES)
                )
            if wrong:
                found.append(f"{name} -> {imported}")
    return found


def reach(start: str, known: dict[str, Path]) -> dict[str, str]:
    """What a module imports by way of the house's own modules: imported name -> the module that imports it."""
    found: dict[str, str] = {}
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        for imported in imports(name, known[name]):
            found.setdefault(imported, name)
            for own in (imported, imported.rpartition(".")[0]):
                if own in known and own not in seen:
                    seen.add(own)
                    waiting.append(own)
    return found


def test_the_packages_are_there() -> None:
    assert {name.partition(".")[0] for name in modules()} == set(HOUSE)
    assert len(modules()) > 40


def test_imports_go_one_way() -> None:
    assert wrong_ways() == []


@pytest.mark.parametrize("package", WITHOUT_SCRAPY)
def test_without_scrapy(package: str) -> None:
    known = modules()
    own = [name for name in known if inside(name, package)]
    assert own
    found = [
        f"{name}: {by} -> {imported}"
        for name in own
        for imported, by in reach(name, known).items()
        if inside(imported, "scrapy", "twisted")
    ]
    assert found == []


def test_rules_fetch_nothing() -> None:
    """A rule never asks the network, by whatever library."""
    clients = ("aiohttp", "httpx", "requests", "urllib.request", "http.client", "socket", "dns", "ssl", "asyncio")
    known = modules()
    found = [
        f"{name} -> {imported}"
        for name, path in known.items()
        if inside(name, "rules")
        for imported in imports(name, path)
        if inside(imported, *clients)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("crawler/a.py", "import rules.engine", True),
        ("crawler/a.py", "from reports import told", True),
        ("crawler/b/c.py", "import importlib; importlib.import_module('rules.engine')", True),
        ("crawler/a.py", "import rulesets", False),
        ("rules/a.py", "from crawler.pages import read_page", True),
        ("rules/a.py", "from crawler import outcomes", True),
        ("rules/a.py", "from crawler.facts import Outcome", False),
        ("rules/a.py", "def f():\n    from reports.told import x", True),
        ("reports/a.py", "from crawler.walk import walk", True),
        ("reports/a.py", "from rules.engine import judge", False),
        ("reports/b/a.py", "from ..commands import x", False),
        ("reports/commands/a.py", "from crawler.rounds import prepare", False),
        ("reports/doing/a.py", "from crawler.rounds import prepare", False),
    ],
)
def test_a_wrong_way_would_be_seen(tmp_path: Path, module: str, line: str, wrong: bool) -> None:
    path = tmp_path / module
    path.parent.mkdir(parents=True)
    path.write_text(line)
    assert bool(wrong_ways(tmp_path)) is wrong


def test_scrapy_would_be_seen_at_second_hand(tmp_path: Path) -> None:
    (tmp_path / "crawler").mkdir()
    (tmp_path / "crawler" / "__init__.py").write_text("")
    (tmp_path / "crawler" / "a.py").write_text("from crawler import b")
    (tmp_path / "crawler" / "b.py").write_text("import scrapy")
    assert reach("crawler.a", modules(tmp_path))["scrapy"] == "crawler.b"
