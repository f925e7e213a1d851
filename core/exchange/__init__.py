"""Records leaving the product as files."""
