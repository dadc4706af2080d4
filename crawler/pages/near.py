"""Patterns that are tried only beside a rare character, since a search of a whole Chinese page tries each character."""

from __future__ import annotations

import re
from collections.abc import Iterator


def near(pattern: re.Pattern[str], text: str, sign: str, before: int) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` gives, for a pattern that has `sign` at most `before` characters after its start.

    Several times faster where the sign is rare: `str.find` passes over a character in a tenth of the time.
    """
    untried = 0
    place = text.find(sign)
    while place >= 0:
        start = max(untried, place - before)
        while start <= place:
            found = pattern.match(text, start)
            if found is None:
                start += 1
            else:
                yield found
                start = max(found.end(), start + 1)
        untried = start
        place = text.find(sign, place + 1)
