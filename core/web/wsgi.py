"""The WSGI entry point, for granian and for gunicorn: `core.web.wsgi:app`."""

from __future__ import annotations

import logging

from core.config import Settings
from core.jobs import lifeline
from core.site import Site
from core.web.app import create_app

logging.basicConfig(level=logging.INFO, format="%(asctime)s web: %(levelname)s %(message)s")
# A web worker whose server was killed would go on holding the port.
lifeline.follow_parent()
app = create_app(Site.open(Settings.load()))
