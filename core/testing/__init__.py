"""Fixtures, the cast and real services, for the tests of core and of every addon."""
