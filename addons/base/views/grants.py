"""The role editor: what the role may do, model by action, and with which fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from addons.base.services.grants import Grants
from core.administration import FIELD_LEVELS, SCOPES, Grantable, action_labels, views
from core.api import Conflict, FieldLevel, Forbidden, Role, Scope, Text, _, set_crumbs, toast

if TYPE_CHECKING:
    from core.api import Env

E = TypeVar("E", bound=StrEnum)


def edit_grants(id: int) -> ResponseReturnValue:
    """Shows the matrix, and takes it."""
    env: Env = g.env
    role = env.get(Role, id)
    if not env.can("edit", role):
        raise Forbidden()
    service = env.service(Grants)
    matrix = service.matrix()
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            with env.savepoint():
                service.save(role, _scopes_sent(matrix), _levels_sent(matrix))
        except Conflict as error:
            errors = [("", str(error.message))]
        else:
            toast(_("The grants of “{role}” are saved.", role=role.name))
            return redirect(f"/role/{role.id}", 303)
    set_crumbs((role.name, f"/role/{role.id}"), (str(_("Grants")), request.path))
    return render_template("grants.html", **_page(env, role, matrix, errors)), 422 if errors else 200


def _page(env: Env, role: Role, matrix: Sequence[Grantable], errors: Sequence[tuple[str, str]]) -> dict[str, Any]:
    service = env.service(Grants)
    labels = action_labels(env.site.registry, env.enabled)
    scopes = service.scopes_of(role) | (_scopes_sent(matrix) if errors else {})
    levels = service.levels_of(role) | (_levels_sent(matrix) if errors else {})
    return {
        "title": str(_("Grants of {role}", role=role.name)),
        "url": request.path,
        "cancel_url": f"/role/{role.id}",
        "errors": errors,
        "models": [
            {
                "key": m.key,
                "label": str(m.title),
                "fields": [{"name": f.name, "label": str(f.label)} for f in m.fields],
                "scopes": [s.value for s in m.scopes],
            }
            for m in matrix
        ],
        "actions": [{"key": key, "label": str(label)} for key, label in labels.items()],
        "available": {m.key: set(m.actions) for m in matrix},
        "scopes": _choices(SCOPES),
        "values": {key: scope.value for key, scope in scopes.items()},
        "levels": _choices(FIELD_LEVELS),
        "field_values": {key: level.value for key, level in levels.items()},
    }


def _scopes_sent(matrix: Sequence[Grantable]) -> dict[tuple[str, str], Scope]:
    """What the browser sent of what can be granted; a scope that makes no sense for a model means all."""
    found = {}
    for row in matrix:
        for action in row.actions:
            scope = _sent(f"grant-{row.key}-{action}", Scope)
            if scope is not None:
                found[row.key, action] = scope if scope in row.scopes else Scope.ALL
    return found


def _levels_sent(matrix: Sequence[Grantable]) -> dict[tuple[str, str], FieldLevel]:
    found = {}
    for row in matrix:
        for spec in row.fields:
            level = _sent(f"field-{row.key}-{spec.name}", FieldLevel)
            if level is not None:
                found[row.key, spec.name] = level
    return found


def _sent(name: str, kind: type[E]) -> E | None:
    text = request.form.get(name, "")
    return kind(text) if text in set(kind) else None


def _choices(labels: Mapping[Any, Text]) -> list[views.Choice]:
    return [views.Choice(value.value, str(label)) for value, label in labels.items()]
