"""Finding, ordering and loading addons, and what they contribute."""
