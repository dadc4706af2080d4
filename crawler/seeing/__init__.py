"""Seeing: what one answer shows, what several answers settle. Pure functions and small state machines, no network."""
