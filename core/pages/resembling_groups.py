"""The page of a model's probable duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core import merging
from core.duplicates.groups import Group, Key, groups
from core.duplicates.store import fields_of
from core.i18n import _, listed
from core.orm.model import Model, describe
from core.pages.cells import Cells
from core.pages.naming import name_of
from core.pages.reach import visible_fields
from core.pages.views import DuplicateGroup, DuplicateRecord, DuplicatesView, Fact

if TYPE_CHECKING:
    from core.env import Env


def view(env: Env, model: type[Model], after: Key | None) -> DuplicatesView:
    """A page of groups, as templates take it."""
    info, known = describe(model), visible_fields(env, model)
    shown, following = groups(env, model, after)
    records = {id: env.get(model, id) for group in shown for id in group.ids}
    specs = [known[name] for name in (*fields_of(info), info.owner) if name in known and name != info.display]
    cells = Cells(env)
    cells.links.know_of(specs, list(records.values()))
    made: dict[int, DuplicateRecord] = {}
    for id, record in records.items():
        facts = [Fact(str(spec.label), cells.of(spec, record)) for spec in specs]
        made[id] = DuplicateRecord(name_of(env, record), f"/{info.key}/{id}", facts)
    return DuplicatesView(
        title=str(_("Possible duplicates: {title}", title=info.title_plural)),
        back_url=f"/{info.key}",
        deny_url=f"/{info.key}/duplicates/deny",
        groups=[_group(model, group, made) for group in shown],
        next_url=f"/{info.key}/duplicates?{urlencode(dict(zip(('kind', 'key'), following, strict=True)))}"
        if following
        else "",
        first_url=f"/{info.key}/duplicates" if after else "",
    )


def _group(model: type[Model], group: Group, made: Mapping[int, DuplicateRecord]) -> DuplicateGroup:
    ids = "|".join(map(str, group.ids))
    first = "|".join(map(str, group.ids[: merging.MOST]))
    return DuplicateGroup(
        reason=str(listed(str(likeness.label) for likeness in group.reasons)),
        records=[made[id] for id in group.ids],
        ids=ids,
        merge_url=f"/{model.key()}/merge?ids={first}",
    )
