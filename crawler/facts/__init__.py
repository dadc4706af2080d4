"""Facts: what was seen, with time and evidence; never a judgement."""

from crawler.facts.bodies import PersonalFact, Readable, Reading
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
    "KnowsOwners",
    "NetworkFact",
    "Outcome",
    "OwnerFact",
    "PageFact",
    "PersonalFact",
    "PublicationFact",
    "Publications",
    "Readable",
    "Reading",
    "Reason",
    "RoundFacts",
    "SeenTitle",
    "SiteFacts",
    "document_type",
]
