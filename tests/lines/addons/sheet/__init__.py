"""Sheets of lines, for the tests of the table in which parts are typed."""
