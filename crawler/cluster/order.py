"""What a worker tells the process that walks a slice, and what it hears back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.cluster.lease import End, Lease

WALK_SETTINGS = (  # what belongs to a round, whatever machine walks it; nothing else is taken from a message
    "DNS_SERVERS", "DNSSEC_ANCHORS", "RECHECK_DELAY", "PAGES_PER_SITE", "DEPTH_LIMIT", "KEEP_BODIES",
    "READ_ATTACHMENTS", "ATTACHMENT_BYTES", "IPV6_SAMPLE", "CONTROL_ADDRESSES", "CONTACT", "USER_AGENT",
    "SITE_CONCURRENCY", "HOST_CONCURRENCY", "SITE_DELAY", "AUTOTHROTTLE_MAX_DELAY", "DOWNLOAD_TIMEOUT",
    "CONNECT_TIMEOUT", "SLICE_SECONDS", "LEASE_SECONDS", "ASK_SEARCH",
)  # fmt: skip
ASK_SEARCH = "ASK_SEARCH"  # set by who hands out once all is walked: this slice asks the site's own search


@dataclass(frozen=True, slots=True)
class Order:
    """One slice: at most `seconds` of a job under its lease. `settings` are those of WALK_SETTINGS that were given."""

    lease: Lease
    seconds: float
    settings: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the pipe."""
        one = self.lease
        held = {name: getattr(one, name) for name in ("run", "job", "owner", "fence", "seconds", "carry")}
        return {"lease": held, "seconds": self.seconds, "settings": dict(self.settings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Order:
        """From the pipe."""
        settings = {name: value for name, value in data["settings"].items() if name in WALK_SETTINGS}
        return cls(Lease(**data["lease"]), float(data["seconds"]), settings)


@dataclass(frozen=True, slots=True)
class Told:
    """How a slice ended. `wait`: seconds for which nothing of the job can be asked; `handed`: jobs that were given
    addresses; `why`: in Chinese, why it ended before its time.
    """

    end: End
    wait: float = 0.0
    handed: tuple[str, ...] = ()
    why: str | None = None
