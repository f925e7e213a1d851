"""One company: its settings, database, addons, and the units of work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, select

from core.access.actor import AccessRules, Actor, SystemActor
from core.access.organisation import Organisation
from core.addons.breaker import Breaker
from core.addons.calling import ask_plainly, tell_process
from core.addons.discovery import ESSENTIAL
from core.addons.purged import purged
from core.addons.registry import Registry
from core.addons.trial import Trial
from core.config import Settings
from core.env import Env, Known
from core.errors import Forbidden
from core.i18n import DEFAULT_LOCALE, LOCALES, use_locale
from core.orm import flush  # noqa: F401  (registers what happens on every write)
from core.orm.database import WRITES, make_engine
from core.orm.tables import EnabledAddon, Setting
from core.orm.versions import read_versions

T = TypeVar("T")
SAFE = ESSENTIAL
Acting = Callable[[Organisation, frozenset[str]], Actor]
"""What makes the one who acts, of the organisation and the enabled addons."""


class Site:
    """A company's installation. Thread-safe: every unit of work takes its own connection."""

    def __init__(self, settings: Settings, engine: Engine, registry: Registry) -> None:
        self.settings, self.engine, self.registry = settings, engine, registry
        self.breaker = Breaker(engine, settings.data / "stuck")
        self._cache: Known = {}

    @classmethod
    def open(cls, settings: Settings) -> Site:
        """Loads the installed addons and prepares the engine; the database is not touched yet.

        In safe mode only `base` is loaded, to get at a site that an addon keeps from starting.
        """
        folders = settings.addons_path
        if settings.safe:
            registry = Registry.discover(folders, only=SAFE)
        else:
            trial = Trial(settings.data, folders)
            registry = Registry.discover(folders, without=purged(settings.data), trial=trial)
        site = cls(settings, make_engine(settings.database_url), registry)
        tell_process(registry, "registered", site=site)
        return site

    @contextmanager
    def env(self, user_id: int, *, write: bool = False, locale: str | None = None) -> Iterator[Env]:
        """A transaction by that user, stored at the end of the block, undone by an exception.

        Raises `Forbidden` for a user who is not active.
        """
        with self._unit(write, locale, lambda *known: self._actor(user_id, *known)) as env:
            yield env

    @contextmanager
    def system(self, reason: str, *, write: bool = True, locale: str | None = None) -> Iterator[Env]:
        """A transaction by the system itself, which sees everything; `reason` says what for."""
        with self._unit(write, locale, SystemActor) as env:
            env.request["reason"] = reason
            yield env

    @contextmanager
    def _unit(self, write: bool, locale: str | None, actor: Acting) -> Iterator[Env]:
        with self.breaker.unit():
            with self._transaction(write, locale, actor) as env:
                yield env
            with use_locale(env.locale):
                env.committed()

    @contextmanager
    def _transaction(self, write: bool, locale: str | None, actor: Acting) -> Iterator[Env]:
        with self.engine.connect() as connection:
            connection.execution_options(**{WRITES: write})
            with connection.begin():
                versions = read_versions(connection)
                # What a writing unit loads may be undone with it, so it keeps that for itself.
                known = dict(self._cache) if write else self._cache
                organisation = _loaded(connection, versions, known, "organisation", Organisation.load)
                enabled = _loaded(connection, versions, known, "addons", self._load_enabled)
                env = Env(self, connection, actor(organisation, enabled), versions, known, locale)
                with use_locale(env.locale):
                    yield env
                    env.flush()

    def actor(self, user_id: int, env: Env) -> Actor:
        """Another user, in the organisation as the unit of work knows it. Raises `Forbidden` for one not active."""
        return self._actor(user_id, env.actor.organisation, env.enabled)

    def _actor(self, user_id: int, organisation: Organisation, enabled: frozenset[str]) -> Actor:
        member = organisation.members.get(user_id)
        if member is None or not member.is_active:
            raise Forbidden()
        actors: dict[Any, Actor] = organisation.__dict__.setdefault("actors", {})
        key = (user_id, enabled)
        if key not in actors:
            actors[key] = Actor(organisation, member, enabled, self._access_rules(enabled))
        return actors[key]

    def _access_rules(self, enabled: frozenset[str]) -> AccessRules | None:
        hook = self.registry.hooks.among(enabled)["access_rules"]
        return partial(ask_plainly, hook) if hook.implementations else None

    def cached(self, env: Env, key: str, load: Callable[[Connection], T]) -> T:
        """What `load` made of the database, kept in this process until the version `key` grows."""
        return _loaded(env.connection_of_core, env.versions, env.known, key, load)

    def settings_of(self, env: Env) -> dict[str, Any]:
        """All settings of the site, by key."""
        return self.cached(env, "settings", _load_settings)

    def default_locale(self, env: Env) -> str:
        """The language of people who chose none."""
        wanted = self.settings_of(env).get("company.locale", DEFAULT_LOCALE)
        return wanted if wanted in LOCALES else DEFAULT_LOCALE

    def enabled_addons(self, env: Env) -> frozenset[str]:
        """The installed addons that are on here, with all that they depend on."""
        return self.cached(env, "addons", self._load_enabled)

    def _load_enabled(self, connection: Connection) -> frozenset[str]:
        return self.registry.enabled(dict(connection.execute(select(EnabledAddon.name, EnabledAddon.is_enabled)).all()))

    def dispose(self) -> None:
        """Closes all idle connections."""
        self.engine.dispose()


def _loaded(
    connection: Connection, versions: dict[str, int], known: Known, key: str, load: Callable[[Connection], T]
) -> T:
    number = versions.get(key, 0)
    found = known.get(key)
    if found is None or found[0] != number:
        found = known[key] = (number, load(connection))
    return cast("T", found[1])


def _load_settings(connection: Connection) -> dict[str, Any]:
    return dict(connection.execute(select(Setting.key, Setting.value)).all())
