"""Whether a row of an addon's model reaches anybody who may not read it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.actor import EDIT, READ, REFER
from core.access.models import ShareLevel
from core.files.tab import KEY as FILES
from core.orm.model import Model, describe, model_of
from core.orm.rules import Everyone, Owned, SystemOnly
from core.pages.catalogue import catalogue_of
from core.testing import leaks
from core.testing.cast import PEOPLE, Cast
from core.testing.contract.problems import Problem
from core.testing.leaks import Path, Target, paths_to

if TYPE_CHECKING:
    from core.env import Env
    from core.testing.web import ApiClient, Visitor

OWNER = "sales2"
"""Whose the record is, directly or through what it follows."""

COLLABORATOR = "sales"
LOOKUP = "/lookup/"
REMEDY = "Ask through env.session, whose rules hold on every path; do not read more in env.system than you show."


@dataclass(frozen=True, slots=True)
class Readers:
    """How the people of the cast ask: with a browser, and with a token."""

    visit: Callable[[str], Visitor]
    api: Callable[[str], ApiClient]

    def meet(self, username: str, path: Path) -> bool:
        """Whether that person meets the secret on the path."""
        return leaks.meets(self.visit(username), self.api(username), path)


def hidden(cast: Cast, model: type[Model], make: Callable[..., Any]) -> Target:
    """Stores a record of OWNER with the secret in its texts. `make(env, model, **values)` makes it."""
    info = describe(model)
    names = leaks.secret_names(info)
    with cast.site.system("a record to look for", locale="en") as env:
        root = make(env, info.root, **owned_by(cast, info.root)) if info.root not in (None, model) else None
        values: dict[str, Any] = dict.fromkeys(names, leaks.SECRET) | owned_by(cast, model)
        if root is not None:
            values |= _linked_to(env, model, root, make)
        record = make(env, model, **values)
        env.flush()
        around = [] if info.root is None else leaks.links_of(info, record)
        return Target(info, record.id, catalogue_of(env).models.get(info.key), names, around)


def owned_by(cast: Cast, model: type[Model] | None) -> dict[str, Any]:
    """The value that makes a record of the model OWNER's, where it has an owner."""
    owner = describe(model).owner if model is not None else ""
    return {owner: cast.ids[OWNER]} if owner else {}


def leaked(cast: Cast, target: Target, readers: Readers) -> Iterator[Problem]:
    """Every path on which somebody meets what the rule of its model keeps from them, or cannot what it lets them."""
    for username in PEOPLE:
        may = _may(cast, username, target, READ)
        knows = _may(cast, username, target, REFER)
        for path in paths_to(target):
            # Whoever may choose records by their names is told these, where they are chosen.
            is_told = may or (knows and path.url.startswith(LOOKUP))
            yield from _judged(readers, username, path, may=is_told, name=target.info.model.__name__)
        if not may:
            yield from _writable(readers, username, target)


def leaked_files(cast: Cast, target: Target, readers: Readers) -> Iterator[Problem]:
    """Whether a file of the record reaches somebody who may not read the record. Needs a tab for files."""
    if target.pages is None or all(tab.key != FILES for tab in target.pages.tabs):
        return
    author = next((name for name in (OWNER, *PEOPLE) if _may(cast, name, target, EDIT)), None)
    if author is None:
        return
    sent = {"file": (io.BytesIO(leaks.SECRET.encode()), "secret.txt")}
    made = readers.visit(author).post(f"/{target.info.key}/{target.id}/files", sent, Accept="application/json")
    if made.status_code != 201:
        yield Problem(f"POST /{target.info.key}/{target.id}/files", f"answers {author} with {made.status}.", REMEDY)
        return
    address = (made.json or {})["data"][0]["url"]
    for username in PEOPLE:
        if not _may(cast, username, target, READ) and readers.visit(username).get(address).status_code != 404:
            yield Problem(f"GET {address}", f"gives {username} a file of a record that they may not read.", REMEDY)


def shared(cast: Cast, target: Target, readers: Readers) -> Iterator[Problem]:
    """What a collaborator who may read can do besides: nothing. Needs an owned record."""
    if not isinstance(target.info.rule, Owned) or _may(cast, COLLABORATOR, target, READ):
        return
    with cast.site.system("share a record") as env:
        record = env.get(target.info.model, target.id)
        env.records(target.info.model).share(record, user=cast.ids[COLLABORATOR], level=ShareLevel.READ)
    if not _may(cast, COLLABORATOR, target, READ):
        return
    for path in paths_to(target):
        if path.told and not readers.meet(COLLABORATOR, path):
            yield Problem(path.url, "does not show a record to its collaborator.", REMEDY)
    if _may(cast, COLLABORATOR, target, EDIT):
        yield Problem(target.info.model.__name__, "is changed by a collaborator who may only read.", REMEDY)


def _judged(readers: Readers, username: str, path: Path, *, may: bool, name: str) -> Iterator[Problem]:
    where = f"{'GET /api/v1' if path.is_call else 'GET '}{path.url}"
    if not may:
        answer = leaks.ask(readers.visit(username), readers.api(username), path)
        if leaks.SECRET in leaks.text_of(answer):
            yield Problem(where, f"shows {username} a {name} that the rule of its model keeps from them.", REMEDY)
        if path.is_record and answer.status_code != 404:
            what = f"answers {username} with {answer.status_code} instead of 404, and so tells that the record exists."
            yield Problem(where, what, "Raise NotFound for what the reader may not see: env.get() does.")
    elif username == OWNER and path.told and not readers.meet(username, path):
        yield Problem(where, f"does not show a {name} to its owner.", "Is it in the list's columns, and not hidden?")


def _writable(readers: Readers, username: str, target: Target) -> Iterator[Problem]:
    """Whether somebody changes or deletes what they may not even see."""
    address = f"/{target.info.key}/{target.id}"
    for method, body in (("PATCH", {}), ("DELETE", None)):
        status = readers.api(username).call(method, address, body).status_code
        if status not in (403, 404):
            yield Problem(f"{method} /api/v1{address}", f"answers {username} with {status}, not with 404.", REMEDY)


def _may(cast: Cast, username: str, target: Target, action: str) -> bool:
    with cast.env(username, write=False) as env:
        if not env.actor.may(target.info.key, action) and not isinstance(target.info.rule, Everyone):
            return False
        return env.ids_within(target.info.model, {target.id}, action) == {target.id}


def _linked_to(env: Env, model: type[Model], root: Model, make: Callable[..., Any]) -> dict[str, Any]:
    """The link that the model follows, over what lies between it and `root`."""
    info = describe(model)
    link = getattr(info.rule, "link", "")
    target = info.fields[link].target
    if target == describe(type(root)).key:
        return {link: root.id}
    between = model_of(target)
    return {link: make(env, between, **_linked_to(env, between, root, make)).id}


def is_reachable(model: type[Model]) -> bool:
    """Whether people reach rows of the model at all."""
    return not isinstance(describe(model).rule, SystemOnly)
