"""Inventory: what is accepted, and how every mistake is told."""
