"""Version 3: who walks a job of a run, when many machines share the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of leases."""
    db = op.get_bind()
    text = "C" if db.dialect.name == "postgresql" else None  # compared by bytes, as everywhere
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "lease",
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("job", sa.String(72, collation=text), nullable=False),
        sa.Column("owner", sa.String(80, collation=text), nullable=False),
        sa.Column("fence", big, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("queued", sa.Float),
        sa.Column("slices", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("carry", sa.JSON),
        sa.PrimaryKeyConstraint("run", "job"),
    )
    db.exec_driver_sql("DELETE FROM meta WHERE name = 'schema'")
    db.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('schema', '3')")
