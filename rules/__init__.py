"""Judges: facts and YAML indicators become findings, verdicts and scores. Never fetches."""
