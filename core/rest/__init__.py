"""REST and OpenAPI, from the same fields as the pages."""
