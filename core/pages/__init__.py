"""Pages as data: ordered trees of named nodes, to which every addon may add."""
