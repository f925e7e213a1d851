"""What one may do with the documents of sales."""
