"""What can go wrong with the fact store, in words for a person."""

from __future__ import annotations


class StoreError(Exception):
    """The fact store cannot be used; the message is Chinese and says what to do."""


def plain(error: BaseException) -> str:
    """The database's own words without SQL text and parameters."""
    original = getattr(error, "orig", None)
    text = str(original or error).strip().splitlines()
    return text[0] if text else type(error).__name__
