"""Actions on many records at once: which, and what to tell afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import CombinedMultiDict, MultiDict

from core import deletion
from core.errors import AppError, NotFound
from core.i18n import _, ngettext
from core.orm.listing import ListRequest, iterate, list_page
from core.orm.model import Model
from core.pages.actions import MOST, Outcome, summary_of
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import Action
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.catalogue import ModelPages

SHOWN = 3
AT_ONCE = 50
"""More records than these are seen to in the background."""


MOST_LATER = 10_000
"""How many records one action in the background takes at most."""


def ids_of(env: Env, pages: ModelPages, values: MultiDict[str, str] | CombinedMultiDict[str, str]) -> list[int]:
    """The records chosen: repeated `ids`, or one with all of them between bars; or `all` that the address shows."""
    if values.get("all") and pages.listing is not None:
        args = ListArgs.read(MultiDict(parse_qsl(urlsplit(values["all"]).query))).but(bin=False)
        wanted = ListBuilder(env, pages.listing, args).request
        return [row[0] for row in islice(iterate(env, wanted), MOST_LATER)]
    parts = [part for text in values.getlist("ids") for part in text.split("|")]
    return list(dict.fromkeys(int(part) for part in parts if part.isdecimal() and len(part) < 19))[:MOST_LATER]


def later(env: Env, action: Action, ids: Sequence[int], form: MultiDict[str, str]) -> int:
    """Has the action done in the background, with what was typed into its dialog; returns the job's id."""
    typed = {name: values for name, values in form.lists() if name not in ("csrf_token", "ids", "all")}
    what = {"model": action.model.key(), "action": action.key, "ids": list(ids), "sent": typed}
    return env.enqueue("pages.bulk", **what, locale=env.locale)


def tell(action: Action, outcome: Outcome) -> None:
    """Says what was done, and for which records it was not and why."""
    if outcome.done:
        undo = f"/undo/{','.join(map(str, outcome.undo))}" if outcome.undo else ""
        toast(summary_of(action, outcome), undo_url=undo)
    if outcome.failed:
        count = len(outcome.failed)
        text = str(ngettext("Not done for {count} record:", "Not done for {count} records:", count))
        reasons = [f"{name}: {reason}" for name, reason in outcome.failed[:SHOWN]]
        more = [str(_("and {number} more", number=count - SHOWN))] if count > SHOWN else []
        toast(" ".join([text, *reasons, *more]), "warning")
    if not outcome.done and not outcome.failed:
        toast(_("Nothing was selected."), "warning")


def restore(env: Env, model: type[Model], ids: Sequence[int]) -> None:
    """Brings deleted records back, with what was deleted along with them."""
    wanted = model.__table__.c.id.in_(ids)
    request = ListRequest(model, deleted=True, extra=wanted, limit=MOST)
    acts = dict.fromkeys(row.deletion for row in list_page(env, request).rows)
    done, failed = 0, []
    for act in acts:
        try:
            with env.savepoint():
                deletion.restore(env, act)
            done += 1
        except NotFound:
            failed.append(str(_("This was deleted together with something else; restore that.")))
        except AppError as error:
            failed.append(str(error.message))
    if done:
        toast(_("Restored"))
    for message in dict.fromkeys(failed):
        toast(message, "warning")
