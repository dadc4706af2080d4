"""What pages said: their markup and text as kept by the walk, for checks that need words and not only counts.

A body is read from the store when a check asks for it and at no other time, so a profile without such checks never
pays for them. Personal numbers do not stand in a kept body: the walk masks them before it is stored.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol, runtime_checkable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.keys import key_of
from crawler.inventory import Site
from crawler.pages import Page, canonical, read_page
from crawler.pages.encoding import decode
from crawler.pages.guides import Guide, read_guide
from crawler.pages.letter_rows import LetterRow as LetterRow
from crawler.pages.letter_rows import read_letter_rows
from crawler.pages.messages import Message, read_message
from crawler.pages.personal import Personal, hide, mask

MAX_BODY = 512 << 10  # bytes of markup kept of one page
REGIONS = ("home", "column", "article", "other")


class Reading:
    """One kept page, read only as far as a check asks. `cut`: the page was longer than what was kept."""

    def __init__(self, url: str, markup: bytes, text: str, *, cut: bool = False, as_of: datetime | None = None) -> None:
        self.url = url
        self.markup = markup
        self.text = text
        self.cut = cut
        self._as_of = as_of

    @cached_property
    def html(self) -> str:
        """The markup, decoded."""
        return decode(self.markup)[1]

    @cached_property
    def page(self) -> Page:
        """Everything the page says: links, navigation, items."""
        return read_page(self.markup, self.url, None, self._as_of)

    @cached_property
    def guide(self) -> Guide:
        """The page as a 办事指南."""
        return read_guide(self.html, self.url)

    @cached_property
    def message(self) -> Message:
        """The page as a public letter with its reply."""
        return read_message(self.html)

    @cached_property
    def letter_rows(self) -> list[LetterRow]:
        """The public letters that the page lists with their fields."""
        return read_letter_rows(self.html, self.url)


@dataclass(frozen=True, slots=True)
class PersonalFact:
    """A personal number that a page or attachment shows. `masked`: first six and last two; `place`: page, sheet or
    member of an attachment; `holder`: the page that led to the attachment."""

    url: str
    kind: str  # identity, card, phone
    masked: str
    digest: str
    place: str = ""
    count: int = 1
    holder: str | None = None


@runtime_checkable
class Readable(Protocol):
    """Site facts that keep what pages said."""

    def reading(self, url: str) -> Reading | None:
        """The page of that address as kept, None when it was not."""
        ...

    def text(self, url: str) -> str | None:
        """Its visible text alone, which is quicker."""
        ...

    def before(self, url: str) -> Reading | None:
        """The same page in the newest earlier round that kept it."""
        ...

    def personal_numbers(self) -> Sequence[PersonalFact]:
        """Personal numbers shown by the site's pages and attachments, masked."""
        ...


class KeptBodies:
    """`Readable` over the store, for a site of one run."""

    _db: Connection
    _run: int
    _last: tuple[str, str | None] = ("", None)
    site: Site

    def body(self, url: str) -> str | None:
        """The decoded markup of a page, None when it was not kept."""
        found = self.reading(url)
        return found.html if found is not None else None

    def reading(self, url: str) -> Reading | None:
        """The page of that address as kept."""
        return self._reading(url, self._run)

    def text(self, url: str) -> str | None:
        """Its visible text."""
        if url != self._last[0]:  # several checks ask for the same page, one after the other
            found = self._db.execute(_TEXT, {"in_run": self._run, "key": key_of(canonical(url))}).scalar()
            self._last = (url, found.decode("utf-8", "replace") if found is not None else None)
        return self._last[1]

    def before(self, url: str) -> Reading | None:
        """The same page in the newest earlier round that kept it."""
        run = schema.run
        own = sa.select(run.c.round, run.c.as_of).where(run.c.id == self._run)
        name, as_of = self._db.execute(own).one()
        others = sa.select(run.c.id, run.c.as_of).where(run.c.round != name, run.c.state == "walked")
        earlier = [(datetime.fromisoformat(at), number) for number, at in self._db.execute(others)]
        for at, number in sorted(earlier, reverse=True):
            if at < datetime.fromisoformat(as_of):
                found = self._reading(url, number)
                if found is not None:
                    return found
        return None

    def personal_numbers(self) -> Sequence[PersonalFact]:
        """Personal numbers shown by the site's pages and attachments, in order of address."""
        table, address = schema.personal, schema.address
        query = (
            sa.select(
                table, table.c.count.label("times"), address.c.url, address.c.parent, schema.page.c.id.label("page")
            )
            .join(address, (address.c.run == table.c.run) & (address.c.id == table.c.id))
            .outerjoin(schema.page, (schema.page.c.run == table.c.run) & (schema.page.c.id == table.c.id))
            .where(table.c.run == self._run, table.c.site == self.site.id)
        )
        found = [
            PersonalFact(
                row.url, row.kind, row.masked, row.digest, row.place, row.times, None if row.page else row.parent
            )
            for row in self._db.execute(query)
        ]
        return sorted(found, key=lambda one: (one.url, one.kind, one.place, one.masked, one.digest))

    def _reading(self, url: str, run: int) -> Reading | None:
        row = self._db.execute(_BODY, {"in_run": run, "key": key_of(canonical(url))}).first()
        return Reading(row.url, row.markup, row.text.decode("utf-8", "replace"), cut=row.cut) if row else None


def _of_address(*columns: Any) -> Any:
    """The body of address `key` in run `in_run`: built once, since a judgement asks a hundred thousand times."""
    table, address = schema.body, schema.address
    return (
        sa.select(*columns)
        .join_from(table, address, (address.c.run == table.c.run) & (address.c.id == table.c.id))
        .where(address.c.run == sa.bindparam("in_run"), address.c.id == sa.bindparam("key"))
        .limit(1)
    )


_TEXT = _of_address(schema.body.c.text)
_BODY = _of_address(schema.body.c.cut, schema.body.c.markup, schema.body.c.text, schema.address.c.url)


def body_row(run: int, number: int, page: Page, markup: bytes, found: Sequence[Personal]) -> dict[str, Any]:
    """The row of a page's body: bounded, and without the personal numbers that were found in it."""
    kept = markup[:MAX_BODY]
    return {
        "run": run, "id": number, "cut": len(markup) > MAX_BODY, "markup": hide(kept, found),
        "text": hide(page.text.encode("utf-8", "replace"), found),
    }  # fmt: skip


def personal_rows(
    run: int, number: int, site: str, found: Iterable[Personal], salt: bytes, place: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    """Rows of `personal` for the numbers found in one page or part of an attachment, each number once."""
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        digest = hmac.new(salt, one.number.encode(), sha256).hexdigest()
        row = rows.setdefault(digest, {
            "run": run, "id": number, "site": site, "kind": one.kind, "masked": mask(one.number),
            "digest": digest, "place": place[:120], "count": 0,
        })  # fmt: skip
        row["count"] += 1
    return [("personal", row) for row in rows.values()]


def salt_of(engine: Engine, run_id: int) -> bytes:
    """The secret of a run's digests. It is forgotten when the walk ends: nobody can try numbers against them then."""
    table, name = schema.meta, f"salt:{run_id}"
    with engine.begin() as db:
        known = db.execute(sa.select(table.c.value).where(table.c.name == name)).scalar()
        if known is None:
            known = secrets.token_hex(32)
            db.execute(table.insert().values(name=name, value=known))
    return bytes.fromhex(known)


def tidy_bodies(db: Connection, run_id: int) -> None:
    """At the end of a walk: drop the bodies of the round's older runs and the secret of the digests."""
    run = schema.run
    name = sa.select(run.c.round).where(run.c.id == run_id).scalar_subquery()
    older = sa.select(run.c.id).where(run.c.round == name, run.c.id != run_id)
    db.execute(schema.body.delete().where(schema.body.c.run.in_(older)))
    db.execute(schema.meta.delete().where(schema.meta.c.name == f"salt:{run_id}"))
