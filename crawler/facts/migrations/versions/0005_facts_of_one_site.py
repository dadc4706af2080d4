"""Version 5: a site's addresses and the links that its pages hold are found without reading those of the others."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the two indexes."""
    db = op.get_bind()
    op.create_index("address_site", "address", ["run", "site", "role"])
    op.create_index("edge_page", "edge", ["run", "page"])
    db.exec_driver_sql("DELETE FROM meta WHERE name = 'schema'")
    db.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('schema', '5')")
