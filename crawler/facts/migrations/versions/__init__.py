"""One file a schema version; what a revision needs it holds itself, for `schema` goes on changing."""
