"""States, the transitions between them, and what they lock. Approval flows are an addon on top."""
