"""What somebody says of a view: its name, who may use it, and who begins with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.access.models import Role
from core.errors import Invalid
from core.i18n import _
from core.saved_views import View, changing, saved_views
from core.saved_views.known import DEPARTMENT, EVERYBODY, PRIVATE, ROLE

if TYPE_CHECKING:
    from core.env import Env


def version_in(sent: Mapping[str, str]) -> int:
    """The version of the view that somebody saw before they changed it; 0, which none has, for nonsense."""
    version = sent.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


class SavedViewForm:
    """The form of a view, new where `view` is None, as it stands or as it was sent."""

    def __init__(self, env: Env, view: View | None, sent: Mapping[str, str] | None) -> None:
        self.env, self.view = env, view
        self.errors: dict[str, str] = {}
        self.may_publish, self.may_set_default = changing.may_publish(env), changing.may_set_default(env)
        self.was_start = view is not None and saved_views(env).choice(env, view.model).default == view.id
        self.was_default = view is not None and view.is_default
        self.name = view.name if view else ""
        self.version = view.version if view else 0
        self.audience, self.audience_id = (view.audience, view.audience_id) if view else (PRIVATE, None)
        self.is_start, self.is_default = self.was_start, self.was_default
        if sent is not None:
            self._take(sent)

    def _take(self, sent: Mapping[str, str]) -> None:
        self.name = sent.get("name", "").strip()
        self.version = version_in(sent)
        if self.may_publish:
            kind, _colon, id = sent.get("audience", PRIVATE).partition(":")
            self.audience, self.audience_id = kind, int(id) if id.isdecimal() and len(id) < 19 else None
        self.is_start, self.is_default = "start" in sent, "default" in sent

    @property
    def chosen(self) -> str:
        """The value of `audiences` that is chosen."""
        return self.audience if self.audience_id is None else f"{self.audience}:{self.audience_id}"

    @property
    def audiences(self) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """Who may be given the view: (heading, (value, label)), the plain ones without a heading."""
        plain = [(PRIVATE, str(_("Only me"))), (EVERYBODY, str(_("Everybody who may see the list")))]
        roles = [(f"{ROLE}:{id}", name) for id, name in self._roles()]
        names = self.env.actor.organisation.department_names
        departments = [(f"{DEPARTMENT}:{id}", name) for id, name in names.items()]
        return [("", plain), (str(_("Role")), roles), (str(_("Department and below")), departments)]

    def check(self) -> None:
        """Raises `Invalid` for an audience that is not offered."""
        offered = {value for _label, choices in self.audiences for value, _text in choices}
        if self.may_publish and self.chosen not in offered:
            raise Invalid({"audience": _("Please choose who may use the view.")})

    def refused(self, error: Invalid) -> SavedViewForm:
        """The same with what is wrong with it."""
        self.errors = {name: " ".join(map(str, messages)) for name, messages in error.fields.items()}
        return self

    def _roles(self) -> list[tuple[int, str]]:
        """Those that the actor has, and all for whoever may see the roles."""
        rows = self.env.connection_of_core.execute(
            select(Role.id, Role.name).where(Role.deleted_at.is_(None)).order_by(Role.name)
        )
        may_see_all = self.env.actor.may("role", "read")
        known = {self.audience_id} if self.view and self.view.audience == ROLE else set()
        return [(id, name) for id, name in rows if may_see_all or id in self.env.actor.member.roles or id in known]
