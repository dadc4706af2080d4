"""The JSON Schema of an inventory, for editors that complete and check while one types."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.inventory.models import Inventory

SCHEMA_FILE = Path(__file__).with_name("inventory.schema.json")


def inventory_schema() -> str:
    """The schema as JSON text, ending in a newline; `SCHEMA_FILE` holds the same."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Inventory.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
