"""Records that are probably the same: what they are recognised by, kept as keys that are quick to look up."""
