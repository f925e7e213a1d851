"""REST and OpenAPI, from the same fields as the pages."""

from core.rest.blueprint import blueprint

__all__ = ["blueprint"]
