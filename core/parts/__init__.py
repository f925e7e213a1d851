"""Parts of records: what belongs to one record and is written together with it, such as the lines of a document."""
