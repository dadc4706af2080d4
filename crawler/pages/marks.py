"""Recognition marks of this package, read once from crawler/marks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent.parent / "marks"


@cache
def load_marks(name: str) -> Any:
    """Content of `crawler/marks/<name>`."""
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
