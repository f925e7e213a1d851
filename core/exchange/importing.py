"""Importing, for the pages of addons and for the command line: everything that one does with a file, by name.

received = importing.receive(site.settings, file, "machines.csv")
draft = importing.put_in(env, Machine, received)
importing.arrange(env, draft.id, columns={0: "machine.name"}, keys=["machine.name"], mode=Mode.BOTH)
importing.start(env, draft.id, is_try=True)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.access.actor import CREATE, EDIT, IMPORT
from core.exchange.imports.asked import BUSY, Asked, latest, own
from core.exchange.imports.drafts import (
    NotPossible,
    Received,
    UnderWay,
    arrange,
    discard,
    put_in,
    read_anew,
    receive,
    start,
    undo,
)
from core.exchange.imports.encodings import ENCODINGS
from core.exchange.imports.errors import TooLarge, Unreadable
from core.exchange.imports.guessing import Target
from core.exchange.imports.models import ImportState, Mode
from core.exchange.imports.plan import targets
from core.exchange.imports.reading import DELIMITERS, HEADER_ROWS
from core.exchange.imports.refused import Refused, refused_rows, write_refused
from core.exchange.imports.sampling import unknown_texts
from core.exchange.incoming import received_table, takes_table
from core.orm.field import Field
from core.orm.model import Model
from core.pages.catalogue import catalogue_of
from core.pages.pills import choices_of

if TYPE_CHECKING:
    from core.env import Env

__all__ = [
    "BUSY",
    "DELIMITERS",
    "ENCODINGS",
    "HEADER_ROWS",
    "Asked",
    "ImportState",
    "Mode",
    "NotPossible",
    "Received",
    "Refused",
    "Target",
    "TooLarge",
    "UnderWay",
    "Unreadable",
    "arrange",
    "discard",
    "importable_models",
    "latest",
    "own",
    "put_in",
    "read_anew",
    "receive",
    "received_table",
    "refused_rows",
    "start",
    "takes_table",
    "targets",
    "undo",
    "unknown_texts",
    "value_labels",
    "write_refused",
]


def importable_models(env: Env) -> list[type[Model]]:
    """The models with a list that the actor may import, in the order in which addons declare them."""
    listed = [pages.model for pages in catalogue_of(env).models.values() if pages.listing is not None]
    return [model for model in listed if env.actor.may(model.key(), IMPORT) and _may_write(env, model)]


def _may_write(env: Env, model: type[Model]) -> bool:
    return env.actor.may(model.key(), CREATE) or env.actor.may(model.key(), EDIT)


def value_labels(env: Env, spec: Field) -> Mapping[str, str]:
    """Code → label of the values that a choice may have."""
    return {code: label for code, (label, _tone) in choices_of(env, spec).items()}
