"""The checks a rule file can name: small pure functions over facts, registered by name."""

from rules.checks import (
    articles,
    availability,
    certificates,
    columns,
    domains,
    forms,
    home,
    identity,
    ipv6,
    ipv6_quality,
    links,
    matching,
    media,
    presence,
    register,
    tags,
)

__all__ = [
    "articles",
    "availability",
    "certificates",
    "columns",
    "domains",
    "forms",
    "home",
    "identity",
    "ipv6",
    "ipv6_quality",
    "links",
    "matching",
    "media",
    "presence",
    "register",
    "tags",
]
