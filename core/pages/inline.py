"""One field edited where it stands: in a cell of a list, or among the facts of a record's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.access.actor import EDIT
from core.errors import AppError, Forbidden, NotFound, Stale
from core.i18n import _
from core.orm.field import Kind
from core.orm.model import Model, describe
from core.pages.cells import Cells
from core.pages.conflict import author
from core.pages.controls import Ways, to_text
from core.pages.facts import is_inline
from core.pages.forms import RecordForm, hidden, narrowed, sent_original
from core.pages.naming import name_of
from core.pages.reach import visible
from core.pages.views import FormFieldView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


class InlineField:
    """The editor of one field of one record. `in_list` shows the value as a list does."""

    def __init__(
        self,
        env: Env,
        record: Model,
        name: str,
        *,
        sent: MultiDict[str, Any] | None = None,
        in_list: bool = False,
    ) -> None:
        self.env, self.record, self.sent, self.in_list = env, record, sent, in_list
        spec = visible(env, type(record), name)
        if spec is None:
            raise NotFound()
        if not env.can(EDIT, record) or not is_inline(env, type(record), spec):
            raise Forbidden()
        self.spec, self.cells = spec, Cells(env)
        self.form = RecordForm(
            env,
            [spec],
            values={name: spec.read(record)},
            sent=sent,
            cells=self.cells,
            scope=f"i{record.id}",
            ways=Ways(narrow=narrowed([spec], self._settled(), describe(type(record)))),
        )
        self.status = 200

    def _settled(self) -> dict[str, int]:
        """The links that the record must have, which say what its others can lead to."""
        fields = describe(type(self.record)).fields.values()
        links = [spec for spec in fields if spec.kind is Kind.LINK and spec.required and spec is not self.spec]
        return {spec.name: spec.read(self.record) for spec in links}

    def save(self) -> bool:
        """Whether the value was stored; if not, the editor says why."""
        self.status = 422
        if not self.form.validate() or self._is_changed_by_others():
            return False
        try:
            with self.env.savepoint():
                values = {self.spec.name: self.form.values[self.spec.name]}
                self.env.records(type(self.record)).update(self.record, values, version=self.record.version)
        except (NotFound, Forbidden):
            raise
        except Stale as error:
            self._refuse(error, 409)
            return False
        except AppError as error:
            self._refuse(error, 422)
            return False
        self.status = 200
        return True

    def _is_changed_by_others(self) -> bool:
        """Only this one value is written, so only a change of this one is in the way."""
        stored = to_text(self.spec, self.spec.read(self.record), self.env)
        first = sent_original(self.sent).get(self.spec.name, stored)
        if stored in (first, self.form.texts[self.spec.name]):
            return False
        message = _(
            "{name} has changed this to “{value}”. Save again to replace it.",
            name=author(self.env, self.record.updated_by),
            value=self.cells.plain(self.spec, self.spec.read(self.record)),
        )
        self._refuse(AppError(message), 409)
        return True

    def _refuse(self, error: AppError, status: int) -> None:
        self.form.refuse(error)
        if self.form.general:
            control = self.form.controls[self.spec.name]
            control.errors = [*control.errors, *self.form.general]
        self.status = status

    @property
    def field(self) -> FormFieldView:
        """The editor's control."""
        return self.form.view(self.spec.name)

    @property
    def hidden(self) -> Markup:
        """What the editor sends back beside the value: what is stored now."""
        stored = to_text(self.spec, self.spec.read(self.record), self.env)
        return hidden(version=str(self.record.version), original={self.spec.name: stored})

    @property
    def value(self) -> Markup:
        """The stored value as the page shows it."""
        shown = self.cells.of(self.spec, self.record, in_list=self.in_list)
        return shown or Markup('<span class="blank">—</span>')

    @property
    def name(self) -> str:
        """What the record is called."""
        return name_of(self.env, self.record, self.cells)
