"""Who printed what, when and with which template: entries of the records' histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core import clock
from core.access.actor import PRINT
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env


def note(env: Env, model: str, ids: Iterable[int], told: Mapping[str, Any]) -> None:
    """Writes down that records were printed; the id 0 stands for a list.

    In a transaction of its own: the request itself only reads.
    """
    row = {
        "model": model,
        "action": PRINT,
        "at": clock.now(),
        "user_id": env.user_id,
        "reason": "",
        "changes": {name: [None, value] for name, value in told.items()},
    }
    rows = [{**row, "record_id": id} for id in ids]
    with env.site.system("log of printing") as log:
        log.connection_of_core.execute(insert(Change), rows)
