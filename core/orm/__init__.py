"""Records: fields, models, the guarded session, queries, search and migrations."""
