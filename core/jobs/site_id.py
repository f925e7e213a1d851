"""What tells this site from others that share its queue server."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from core.orm.database import WRITES
from core.orm.tables import Setting

if TYPE_CHECKING:
    from core.site import Site

KEY = "site.id"


def site_id(site: Site) -> str:
    """The site's id, made up at first use and kept for ever with its data. Raises `SQLAlchemyError`."""
    if site not in _KNOWN:
        _KNOWN[site] = stored(site) or _made(site)
    return _KNOWN[site]


_KNOWN: WeakKeyDictionary[Site, str] = WeakKeyDictionary()


def stored(site: Site) -> str | None:
    """The site's id, None while nobody has needed it."""
    with site.engine.connect() as connection:
        return _read(connection)


def _made(site: Site) -> str:
    with site.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = dialect.insert(Setting).values(key=KEY, value=secrets.token_hex(8))
        # Another process may have been faster: its id counts.
        connection.execute(row.on_conflict_do_nothing(index_elements=["key"]))
        return _read(connection) or ""


def _read(connection: Connection) -> str | None:
    found = connection.scalar(select(Setting.value).where(Setting.key == KEY))
    return None if found is None else str(found)
