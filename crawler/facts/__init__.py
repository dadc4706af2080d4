"""Facts: what was seen, with time and evidence; never a judgement."""

from crawler.facts.bodies import PersonalFact, Readable, Reading
from crawler.facts.media import MediaFact, ReadsMedia, places_of
from crawler.facts.model import (
    AddressFact,
    Attempt,
    BadLink,
    ColumnFact,
    Coverage,
    Holder,
    ItemFact,
    NetworkFact,
    PageFact,
    RoundFacts,
    SiteFacts,
)
from crawler.facts.offline import KnowsOffline
from crawler.facts.owners import KnowsOwners, OwnerFact, SeenTitle
from crawler.facts.publications import PublicationFact, Publications, document_type
from crawler.outcomes import REASONS, Outcome, Reason

__all__ = [
    "REASONS",
    "AddressFact",
    "Attempt",
    "BadLink",
    "ColumnFact",
    "Coverage",
    "Holder",
    "ItemFact",
    "KnowsOffline",
    "KnowsOwners",
    "MediaFact",
    "NetworkFact",
    "Outcome",
    "OwnerFact",
    "PageFact",
    "PersonalFact",
    "PublicationFact",
    "Publications",
    "Readable",
    "Reading",
    "ReadsMedia",
    "Reason",
    "RoundFacts",
    "SeenTitle",
    "SiteFacts",
    "document_type",
    "places_of",
]
