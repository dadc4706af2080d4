"""Alembic's way into the fact store: over the connection `crawler.facts.upgrading` holds, in its transaction.

On the command line (`alembic -x url=sqlite:///x.db revision --autogenerate -m …`) over a connection of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection

from crawler.facts import schema


def run(connection: Connection) -> None:
    """Do what alembic was asked for."""
    context.configure(connection=connection, target_metadata=schema.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


held = context.config.attributes.get("connection")
if held is not None:
    run(held)
else:
    with sa.create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as own:
        run(own)
