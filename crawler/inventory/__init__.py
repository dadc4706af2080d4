"""What to inspect: the inventory as typed models, read from YAML with every mistake told at once."""

from __future__ import annotations

from pathlib import Path

from crawler.inventory.checks import cross_checks, soft_checks
from crawler.inventory.models import (
    Bulletin,
    Closure,
    Column,
    ColumnType,
    Exemption,
    Inventory,
    MediaAccount,
    Registered,
    Site,
    Unit,
    UnitKind,
)
from crawler.inventory.yamlfile import BadInput, Problem, at, load_model, load_yaml

__all__ = [
    "BadInput",
    "Bulletin",
    "Closure",
    "Column",
    "ColumnType",
    "Exemption",
    "Inventory",
    "MediaAccount",
    "Problem",
    "Registered",
    "Site",
    "Unit",
    "UnitKind",
    "default_inventory",
    "inventory_warnings",
    "load_inventory",
    "load_model",
    "load_yaml",
]


def load_inventory(path: str | Path) -> Inventory:
    """The inventory of that file; BadInput with every mistake, its line, field and remedy, when it cannot be used."""
    return load_model(path, Inventory, label="清单", checks=cross_checks)


def inventory_warnings(path: str | Path) -> list[Problem]:
    """What a usable inventory may want to look at again, by line; never a reason not to start."""
    data, lines = load_yaml(path)
    found = [at(str(path), data, lines, *one) for one in soft_checks(load_inventory(path))]
    return sorted(found, key=lambda problem: problem.line or 0)


def default_inventory(root: str | Path) -> Path | None:
    """`inventory.yaml` in the project's root, None when there is none."""
    path = Path(root) / "inventory.yaml"
    return path if path.exists() else None
