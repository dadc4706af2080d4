"""Version 4: looks at home pages that are old enough are kept as one row a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of days."""
    db = op.get_bind()
    text = "C" if db.dialect.name == "postgresql" else None  # compared by bytes, as everywhere
    op.create_table(
        "probe_day",
        sa.Column("site", sa.String(64, collation=text), nullable=False),
        sa.Column("url", sa.Text(collation=text), nullable=False),
        sa.Column("place", sa.String(64, collation=text), nullable=False),
        sa.Column("day", sa.String(10, collation=text), nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("unsure", sa.Integer, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("mean_ms", sa.Integer),
        sa.Column("worst_ms", sa.Integer),
        sa.PrimaryKeyConstraint("site", "url", "place", "day"),
    )
    db.exec_driver_sql("DELETE FROM meta WHERE name = 'schema'")
    db.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('schema', '4')")
