"""Tests of the project and the staging city they inspect."""
