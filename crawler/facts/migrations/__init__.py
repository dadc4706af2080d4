"""How the tables came to be, step by step (alembic), the same for SQLite and PostgreSQL.

A revision is named by the schema version it makes: `0002` makes version 2. Only this makes and changes tables; a test
holds the tables it makes against `crawler.facts.schema`.
"""
