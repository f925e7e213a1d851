import os

from core.testing.services import memory_folder

pytest_plugins = ["core.testing.plugin"]

# Thousands of databases that live for a second each.
if room := memory_folder():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", room)
