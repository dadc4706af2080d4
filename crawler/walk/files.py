"""Attachments of our own sites, searched for personal numbers beside the walk: one thread, whole batches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from crawler.attachments import READABLE, Refused, read_attachment
from crawler.facts.bodies import personal_rows
from crawler.facts.writer import Batch
from crawler.pages.personal import Personal, find_personal

log = logging.getLogger(__name__)


def is_attachment(url: str) -> bool:
    """True for the address of a file whose text can be read."""
    return urlsplit(url).path.rpartition(".")[2].lower() in READABLE


class AttachmentReader:
    """Takes a batch with the file's bytes, adds what was found in it and hands it on to the writer.

    The batch waits for the search, so a killed round reads the file again instead of losing what it shows.
    """

    def __init__(self, run: int, salt: bytes, put: Callable[[Batch], None]) -> None:
        self._run = run
        self._salt = salt
        self._put = put
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="attachments")

    def take(self, batch: Batch, number: int, site: str, url: str, body: bytes) -> None:
        """Search one attachment; returns at once."""
        self._pool.submit(self._search, batch, number, site, url, body)

    def close(self) -> None:
        """Wait for the files still in hand; before the writer is closed."""
        self._pool.shutdown(wait=True)

    def _search(self, batch: Batch, number: int, site: str, url: str, body: bytes) -> None:
        found: Batch = []
        try:
            for piece in read_attachment(body):
                numbers: list[Personal] = find_personal(piece.text)
                found += personal_rows(self._run, number, site, numbers, self._salt, piece.place)
        except Refused as why:
            found.append(self._note(site, f"附件未能读完：{why}"))
        except Exception as error:  # our own fault is told, and the address stays seen
            log.exception("attachment could not be read: %s", url)
            found.append(self._note(site, f"附件读取出错：{type(error).__name__}"))
        self._put([*batch, *found])

    def _note(self, site: str, text: str) -> tuple[str, dict[str, object]]:
        return "note", {"run": self._run, "site": site, "kind": "attachment", "text": text, "count": 1}
