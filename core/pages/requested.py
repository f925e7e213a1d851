"""What a request is about: its unit of work, the pages of a model, a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import g

from core.access.actor import READ
from core.errors import NotFound
from core.orm.model import Model
from core.pages.catalogue import ModelPages, catalogue_of

if TYPE_CHECKING:
    from core.env import Env


def the_env() -> Env:
    """The request's unit of work."""
    return cast("Env", g.env)


def the_pages(key: str) -> tuple[Env, ModelPages]:
    """The pages of the model with that key. Raises `NotFound` if it has none."""
    env = the_env()
    return env, catalogue_of(env).of(key)


def the_record(key: str, id: int) -> tuple[Env, ModelPages, Model]:
    """The record, if it exists for the reader. Raises the same `NotFound` for all others."""
    env, pages = the_pages(key)
    if id >= 2**63 or not env.actor.may(key, READ):
        raise NotFound()
    return env, pages, env.get(pages.model, id)


def address_of(env: Env, record: Model) -> str:
    """Where to go after a change: to the record, or to the list if it is out of sight now."""
    pages = catalogue_of(env).of(type(record))
    if pages.detail is None or not env.ids_within(type(record), {record.id}, READ):
        return pages.url
    return f"{pages.url}/{record.id}"
