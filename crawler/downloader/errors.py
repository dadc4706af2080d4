"""The one exception of the downloader."""

from __future__ import annotations

from crawler.outcomes import Reason


class SeeingError(Exception):
    """No response came. `reason` says why in the closed list; `detail` is for evidence; `address` the IP tried last."""

    def __init__(self, reason: Reason, detail: str = "", address: str | None = None) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
        self.address = address
