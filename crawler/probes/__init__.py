"""Asking the network: name servers, TLS, IPv6, and what a site answers under each of its names."""
