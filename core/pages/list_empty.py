"""What a list says that shows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.access.actor import READ
from core.i18n import _
from core.orm.filters import Filter
from core.pages.list_args import ListArgs
from core.pages.list_buttons import new_button
from core.pages.list_views import whole_list
from core.pages.views import Button, Empty

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.nodes import ListPage


def explained(env: Env, page: ListPage, args: ListArgs, chosen: Sequence[Filter], *, makes_sense: bool) -> Empty:
    """Why there is nothing, and what to do about it. `chosen` are the filters, those of a view that `makes_sense`."""
    key = page.model.key()
    if not env.actor.may(key, READ):
        text = _("Ask an administrator to grant it to one of your roles.")
        return Empty("forbidden", str(_("You may not see these records")), str(text))
    if args.bin:
        text = _("What is deleted stays here and can be restored.")
        return Empty("bin", str(_("The recycle bin is empty")), str(text))
    clear = Button("clear", str(_("Show all")), whole_list(env, key), icon="x")
    if not makes_sense:
        text = _("Rather than show too much, it shows nothing. Ask who made it, or look at the whole list.")
        return Empty("filtered", str(_("This view filters by a field that you may not see")), str(text), clear)
    if args.q or chosen or args.quick:
        text = _("Nothing here fits the search and the filters.")
        return Empty("filtered", str(_("Nothing found")), str(text), clear)
    title = _("No {title} yet", title=page.model.__title_plural__)
    return Empty("nothing", str(title), str(page.empty or ""), new_button(env, page.model))
