"""What might be sold to whom, how likely that is, and how far it has come."""
