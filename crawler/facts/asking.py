"""Conditions by which an index leads to the facts of one site: a city has a hundred others in the same tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crawler.facts import schema
from crawler.facts.keys import key_of


def are(urls: Sequence[str]) -> sa.ColumnElement[bool]:
    """The addresses of these canonical forms, looked up by number."""
    table = schema.address
    return sa.and_(table.c.id.in_([key_of(url) for url in urls]), table.c.url.in_(urls))


def holders(run: int, site: str) -> Any:
    """Numbers of whatever may hold a link or an item for a site: its pages and its addresses."""
    page, address = schema.page, schema.address
    pages = sa.select(page.c.id).where(page.c.run == run, page.c.site == site)
    return pages.union(sa.select(address.c.id).where(address.c.run == run, address.c.site == site))


def lists(run: int, site: str, roles: Sequence[int], named: Sequence[str]) -> Any:
    """Numbers of the addresses that a site's columns may stand at: its own of these roles, and those `named`."""
    address = schema.address
    own = sa.select(address.c.id).where(address.c.run == run, address.c.site == site, address.c.role.in_(roles))
    return own.union(sa.select(address.c.id).where(address.c.run == run, are(named))) if named else own
