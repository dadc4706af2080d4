"""The checks a rule file can name: small pure functions over facts, registered by name."""

from rules.checks import columns, domains, home, ipv6, links

__all__ = ["columns", "domains", "home", "ipv6", "links"]
