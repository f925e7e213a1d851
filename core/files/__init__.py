"""Files that belong to records, stored once by their content."""
