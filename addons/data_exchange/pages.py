"""Where imports are found: on every list whose records the reader may import."""

from __future__ import annotations

from addons.data_exchange.views import blueprint
from core.api import IMPORT, ListAction, Routes, pgettext

PAGES = [
    ListAction(
        key="import",
        label=pgettext("verb", "Import"),
        url="/import/new?model={model}",
        grant=IMPORT,
        icon="file-import",
    ),
    Routes(blueprint=blueprint),
]
