"""Who has to agree before a record goes on: one engine for the records of every addon that have states."""
