"""What is done with a list as a whole, and with its recycle bin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.access.actor import CREATE, DELETE, EXPORT, PRINT, READ
from core.exchange.export import is_long
from core.i18n import _
from core.orm.listing import Count
from core.orm.model import Model
from core.pages.actions import may_merge
from core.pages.catalogue import catalogue_of
from core.pages.list_args import ListArgs
from core.pages.views import Button

if TYPE_CHECKING:
    from core.env import Env


def new_button(env: Env, model: type[Model], query: str = "") -> Button | None:
    """The button that creates a record, for those who may."""
    pages = catalogue_of(env).models.get(model.key())
    if pages is None or pages.form is None or not env.actor.may(model.key(), CREATE):
        return None
    label = str(_("New {model}", model=model.__title__))
    return Button("create", label, f"/{model.key()}/new{query}", icon="plus", tone="accent", shortcut="C")


def more_buttons(env: Env, model: type[Model], args: ListArgs, url: str, total: Count) -> list[Button]:
    """The ⋯ menu of a list of `total` records: what addons offer, export, print, duplicates and the recycle bin."""
    key, found = model.key(), contributed(env, model)
    if env.actor.may(key, EXPORT):
        for kind, label in (("xlsx", _("Export to Excel")), ("csv", _("Export as CSV"))):
            address = args.but().url(f"/export/{key}.{kind}")
            method: Literal["get", "post"] = "post" if is_long(total) else "get"
            found.append(Button(f"export-{kind}", str(label), address, method=method, icon="download"))
    if env.actor.may(key, PRINT):
        address = args.but().url(f"/print/{key}")
        found.append(Button("print", str(_("Print the list")), address, icon="printer", opens_tab=True))
    if model.__duplicates__ and may_merge(env, model):
        found.append(Button("duplicates", str(_("Possible duplicates")), f"/{key}/duplicates", icon="copy"))
    if has_bin(env, model):
        found.append(Button("bin", str(_("Recycle bin")), ListArgs(bin=True).url(url), icon="trash"))
    return found


def contributed(env: Env, model: type[Model], *, primary: bool = False) -> list[Button]:
    """What addons offer on lists like this one: what is `primary`, or everything else."""
    mine = [each for each in catalogue_of(env).list_actions if each.model in (None, model)]
    return [
        Button(
            each.key,
            str(each.label),
            each.url.format(model=model.key()),
            icon=each.icon,
            tone="accent" if primary else "neutral",
        )
        for each in mine
        if each.is_primary == primary and env.actor.may(model.key(), each.grant)
    ]


def has_bin(env: Env, model: type[Model]) -> bool:
    """Whether the recycle bin is open: to those who could have put something there."""
    return env.actor.may(model.key(), READ) and env.actor.may(model.key(), DELETE)


def shown_count(total: Count) -> str:
    """12,480, or 10,000+ where nobody has counted further."""
    return f"{total.number:,}" if total.is_exact else f"{total.number:,}+"
