"""Taking records in from files: reading, mapping, checking, writing, and taking it all back."""
