"""The saved views of a site as its processes know them, and those of them that one reader may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from core.errors import NotFound
from core.orm.preferences import PREFERENCES
from core.saved_views.models import SavedView

if TYPE_CHECKING:
    from core.env import Env

VERSION = "saved_views"
"""The version that grows with every change here."""

PRIVATE, EVERYBODY, ROLE, DEPARTMENT = "private", "everybody", "role", "department"
AUDIENCES = (PRIVATE, EVERYBODY, ROLE, DEPARTMENT)

GRANT = "saved_view"
PUBLISH, SET_DEFAULT = "publish", "set_default"
"""What can be granted: to share views with others, and to choose the one that everybody begins with."""

CHOICES = "list."
"""What a reader has chosen for a list is a preference under this and the key of its model."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for, in the words of its address. `page` is `board`, `calendar` or `analysis` where it is
    looked at as one."""

    q: str = ""
    filters: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()
    page: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Query:
        """The same from JSON."""
        lists = {name: tuple(kept.get(name, ())) for name in ("filters", "any", "columns")}
        return cls(kept.get("q", ""), sort=kept.get("sort", ""), page=kept.get("page", ""), **lists)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it: whatever says something."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class View:
    """A saved view. `audience_id` is the role or department that shares it."""

    id: int
    model: str
    name: str
    owner_id: int
    audience: str
    audience_id: int | None
    query: Query
    position: int
    is_default: bool
    version: int

    @property
    def is_shared(self) -> bool:
        """Whether others than its owner may use it."""
        return self.audience != PRIVATE


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader has chosen for a list: `default`, a view's id, 0 for none whatever others begin with."""

    columns: tuple[str, ...] = ()
    default: int | None = None

    def as_json(self) -> dict[str, Any] | None:
        """What is kept of it; None for nothing."""
        kept: dict[str, Any] = {"columns": list(self.columns)} if self.columns else {}
        return kept | ({"default": self.default} if self.default is not None else {}) or None


class SavedViews:
    """Everything of one site, loaded when something has changed."""

    def __init__(self, views: Sequence[View], choices: Mapping[tuple[int, str], Choice]) -> None:
        self.by_id = {view.id: view for view in views}
        self.choices = choices
        self._by_model: dict[str, list[View]] = {}
        for view in views:
            self._by_model.setdefault(view.model, []).append(view)

    @classmethod
    def load(cls, connection: Connection) -> SavedViews:
        """Two queries, a few rows per user."""
        order = (SavedView.position, SavedView.id)
        views = [_view(row) for row in connection.execute(select(SavedView.__table__).order_by(*order))]
        kept = PREFERENCES.c
        wanted = kept.key.startswith(CHOICES, autoescape=True)
        rows = connection.execute(select(kept.user_id, kept.key, kept.value).where(wanted))
        return cls(views, {(user, key.removeprefix(CHOICES)): _choice(value) for user, key, value in rows})

    def usable(self, env: Env, model: str) -> Iterator[View]:
        """The views of the model that the actor may use, in their order."""
        return (view for view in self._by_model.get(model, ()) if may_use(env, view))

    def get(self, env: Env, id: int, model: str = "") -> View:
        """The view, if it exists for the actor, and is of that model. Raises `NotFound` for all others alike."""
        found = self.by_id.get(id)
        if found is None or not may_use(env, found) or (model and found.model != model):
            raise NotFound()
        return found

    def choice(self, env: Env, model: str) -> Choice:
        """What the actor has chosen for the list of that model."""
        return self.choices.get((env.actor.id, model), Choice())

    def default(self, env: Env, model: str) -> View | None:
        """The view that the actor begins with: their own choice, or what is set for everybody."""
        chosen = self.choice(env, model).default
        usable = list(self.usable(env, model))
        if chosen is not None:
            return next((view for view in usable if view.id == chosen), None)
        return next((view for view in usable if view.is_default), None)


def saved_views(env: Env) -> SavedViews:
    """All views of the site, as they were when this unit of work began."""
    return env.site.cached(env, VERSION, SavedViews.load)


def may_use(env: Env, view: View) -> bool:
    """Whether the view exists for the actor: it is theirs, or shared with them."""
    member = env.actor.member
    if view.owner_id == env.actor.id or view.audience == EVERYBODY:
        return True
    if view.audience == ROLE:
        return view.audience_id in member.roles
    return view.audience == DEPARTMENT and view.audience_id in _departments(env)


def _departments(env: Env) -> list[int]:
    """The actor's department and all those above it."""
    found: list[int] = []
    department = env.actor.member.department_id
    while department is not None and department not in found:
        found.append(department)
        department = env.actor.organisation.parents.get(department)
    return found


def _view(row: Any) -> View:
    return View(
        id=row.id,
        model=row.model,
        name=row.name,
        owner_id=row.owner_id,
        audience=row.audience,
        audience_id=row.audience_id,
        query=Query.read(row.query),
        position=row.position,
        is_default=row.is_default,
        version=row.version,
    )


def _choice(kept: Mapping[str, Any]) -> Choice:
    return Choice(tuple(kept.get("columns", ())), kept.get("default"))
