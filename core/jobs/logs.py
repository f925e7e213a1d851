"""How the processes of a site log: to standard error, where a terminal, systemd or a container collects it."""

from __future__ import annotations

import logging

TALKATIVE = ("alembic", "PIL", "urllib3")
"""Libraries whose everyday remarks say nothing to who runs the site."""


def configure(process: str) -> None:
    """Sets logging up for this process; `process` stands in each line."""
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {process}: %(levelname)s %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
