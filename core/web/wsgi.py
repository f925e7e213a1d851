"""The WSGI entry point, for granian and for gunicorn: `core.web.wsgi:app`."""

from __future__ import annotations

from core.config import Settings
from core.jobs import lifeline, logs
from core.site import Site
from core.web.app import create_app

logs.configure("web")
# A web worker whose server was killed would go on holding the port.
lifeline.follow_parent()
app = create_app(Site.open(Settings.load()))
