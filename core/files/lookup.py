"""What fields show of the files that they hold: names, sizes and addresses, looked up together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Select, bindparam, select

from core.files.kinds import PICTURES
from core.files.models import WAITING, Attachment
from core.orm.statements import kept

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.field import Field
    from core.orm.model import Model


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A stored file. `size` is in bytes, `width` and `height` are a picture's, in pixels."""

    id: int
    model: str
    field: str
    name: str
    size: int
    mime: str
    width: int | None
    height: int | None
    created_by: int | None

    @property
    def is_picture(self) -> bool:
        """Whether browsers may show it in place."""
        return self.mime in PICTURES

    @property
    def url(self) -> str:
        """Its address, relative to the site."""
        return f"/file/{self.id}/{quote(self.name)}"

    @property
    def thumbnail_url(self) -> str:
        """The address of a picture's small version."""
        return f"/thumbnail/{self.id}"

    def as_json(self) -> dict[str, Any]:
        """As the API describes it."""
        url = f"/api/v1/file/{self.id}"
        return {"id": self.id, "name": self.name, "size": self.size, "type": self.mime, "url": url}


class Files:
    """Looks each file up once: those of a whole page in one statement.

    Whoever asks has the records whose fields hold the ids, and may see those fields: the guard has spoken already.
    """

    def __init__(self, env: Env) -> None:
        self.env = env
        self._known: dict[int, FileInfo | None] = {}

    def know(self, ids: Iterable[int | None]) -> None:
        """Looks up those that are not known yet."""
        missing = {id for id in ids if id is not None and id not in self._known}
        if missing:
            statement = kept(self.env.actor, "files", _statement)
            rows = self.env.connection_of_core.execute(statement, {"ids": sorted(missing)})
            self._known.update(dict.fromkeys(missing))
            self._known.update({row.id: FileInfo(*row) for row in rows})

    def know_of(self, specs: Iterable[Field], records: Iterable[Model]) -> None:
        """Looks up what those among the fields that hold files hold of the records."""
        names = [spec.name for spec in specs if spec.kind.is_file]
        if names:
            self.know(getattr(record, name) for record in records for name in names)

    def of(self, spec: Field, id: int | None) -> FileInfo | None:
        """The file that a record holds in this field; None for one that belongs elsewhere."""
        found = self._get(id)
        is_own = found is not None and found.model == spec.model and found.field in ("", spec.name)
        return found if is_own else None

    def sent(self, id: int | None) -> FileInfo | None:
        """A file that waits for its record, of an id that anybody may have made up: only what the reader sent."""
        found = self._get(id)
        is_own = found is not None and found.model == WAITING and found.created_by == self.env.user_id
        return found if is_own else None

    def _get(self, id: int | None) -> FileInfo | None:
        if id is None:
            return None
        self.know([id])
        return self._known[id]


def readable_size(size: int) -> str:
    """512 B, 14 KB, 2.3 MB."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def _statement() -> Select[Any]:
    columns = [Attachment.__table__.c[name] for name in FileInfo.__dataclass_fields__]
    wanted = Attachment.__table__.c
    return select(*columns).where(wanted.id.in_(bindparam("ids", expanding=True)), wanted.deleted_at.is_(None))
