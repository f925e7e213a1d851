"""The parts of a record on pages: typed in a table of its form, shown in one on its page."""
