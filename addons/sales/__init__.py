"""From the quote to the money received."""
