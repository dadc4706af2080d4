"""Rows of the fact store for what the walk saw. Texts are cut to what the columns and a report can hold."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from crawler.facts import schema
from crawler.facts.model import Attempt, NetworkFact
from crawler.frontier import Entry
from crawler.outcomes import REASONS, Reason
from crawler.pages import Identity, Link, Page
from crawler.pages.personal import masked
from crawler.walk.answer import Answer

MAX_TAG = 500
MAX_TAGS = 60
MAX_MENU = 300
MOST = 2**63 - 1  # a server may declare any size, a column holds this much
IDENTITY = ("site_code", "icp", "police", "conac", "jiucuo", "sponsor", "contact", "jiucuo_code", "police_code")


def clean(text: str | None, length: int) -> str | None:
    """Text without NUL, which PostgreSQL refuses, without personal numbers, and cut."""
    return masked(text.replace("\x00", ""))[:length] if text else text


def done_row(run: int, entry: Entry, reason: Reason, answer: Answer | None, **more: Any) -> dict[str, Any]:
    """The update of an address that is settled."""
    row: dict[str, Any] = {
        "b_run": run, "b_id": entry.id, "state": schema.DONE, "outcome": REASONS[reason].outcome.value,
        "reason": reason.value, "requests": entry.requests,
    }  # fmt: skip
    if answer is not None:
        row |= {
            "status": answer.status,
            "final_url": entry.hops[-1] if entry.hops else None,
            "content_type": answer.content_type[:100] or None,
            "size": min(answer.declared_size, MOST) if answer.declared_size is not None else len(answer.body) or None,
            "redirects": entry.hops or None,
            "checked": answer.at.isoformat(timespec="seconds"),
        }
    return row | more


def attempt_row(run: int, number: int, attempt: Attempt) -> dict[str, Any]:
    """One failed look, kept as evidence."""
    return {
        "run": run, "address": number, "at": attempt.at.isoformat(timespec="seconds"), "reason": attempt.reason.value,
        "status": attempt.status, "ip": attempt.address, "ms": attempt.milliseconds,
        "detail": clean(attempt.detail, 500), "headers": dict(attempt.headers) or None,
    }  # fmt: skip


def identity_row(identity: Identity) -> dict[str, Any]:
    """The footer items that were shown."""
    return {name: clean(value, 300) for name in IDENTITY if (value := getattr(identity, name))}


def page_row(
    run: int, number: int, site: str, region: str, column: str | None, page: Page, at: datetime
) -> dict[str, Any]:
    """What reading one page gave."""
    extra: dict[str, Any] = {"dates": {name: day.isoformat() for name, day in page.date_evidence.items()}}
    if page.generated:
        extra["generated"] = page.generated.isoformat()
    if page.jump_to:
        extra["jump_to"] = page.jump_to
    if page.kind != "article":  # what tells the column: an article's breadcrumb was looked at when it was read
        if page.breadcrumb:
            extra["crumb"] = [[clean(name, 60), url] for name, url in page.breadcrumb]
        if page.column_type:
            extra["column_type"] = page.column_type
    if page.menu_parents:
        extra["menu"] = dict(list(page.menu_parents.items())[:MAX_MENU])
    return {
        "run": run, "id": number, "site": site, "kind": page.kind, "region": region, "column": column,
        "title": clean(page.title, 500), "headline": clean(page.headline, 500), "encoding": page.encoding,
        "published": page.published.isoformat() if page.published else None, "published_from": page.published_from,
        "conflict": page.published_conflict, "newest": page.newest.isoformat() if page.newest else None,
        "item_count": len(page.items), "dated_count": sum(item.date is not None for item in page.items),
        "text_length": page.text_length, "doc_number": clean(page.doc_number, 80), "source": clean(page.source, 200),
        "tags": {str(clean(k, 60)): clean(v, MAX_TAG) for k, v in list(page.tags.items())[:MAX_TAGS]},
        "identity": identity_row(page.identity), "extra": extra, "seen": at.isoformat(timespec="seconds"),
    }  # fmt: skip


def edge_row(run: int, target: int, page: int, link: Link) -> dict[str, Any]:
    """Who holds a link that is not known to be fine."""
    return {
        "run": run, "target": target, "page": page, "text": clean(link.text.strip(), 120) or "", "tag": link.tag[:12],
        "place": link.region[:8], "hidden": link.hidden, "raw": clean(link.raw, 500), "fault": link.fault,
    }  # fmt: skip


def network_row(run: int, site: str, fact: NetworkFact) -> dict[str, Any]:
    """One answer of the network."""
    return {
        "run": run, "site": site, "probe": fact.probe, "host": fact.host, "key": fact.key[:128],
        "outcome": fact.outcome, "data": dict(fact.data),
        "at": fact.at.isoformat(timespec="seconds") if fact.at else None,
    }  # fmt: skip


def note_row(run: int, site: str, kind: str, text: str, count: int = 1) -> dict[str, Any]:
    """Something the walk left out or could not do."""
    return {"run": run, "site": site, "kind": kind, "text": clean(text, 500), "count": count}


def body_hash(body: bytes) -> str:
    """Hash by which two hosts are seen to serve the same page."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()
