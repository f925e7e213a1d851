"""The language of a request: the user's own, else what was chosen on this browser, else the browser's wish,
else the site's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from core.i18n import LOCALES, best_locale

if TYPE_CHECKING:
    from core.env import Env

_BY_TAG = {tag.lower(): locale for locale, (tag, _name) in LOCALES.items()}
_BY_TAG |= {locale.lower().replace("_", "-"): locale for locale in LOCALES}


def chosen() -> str | None:
    """What somebody without a preference on record wants: `?lang=`, kept in a cookie, or the browser's."""
    asked = known(request.args.get("lang", ""))
    if asked:
        g.new_language = asked
        return asked
    return known(request.cookies.get("lang", "")) or _of_browser()


def for_reader(env: Env) -> str:
    """The language of a page for the env's actor, whose own choice comes first."""
    return env.actor.member.locale or chosen() or env.site.default_locale(env)


def known(name: str) -> str | None:
    """The supported locale of that name, as a locale or as an HTML language tag."""
    tag = name.strip().lower().replace("_", "-")
    return _BY_TAG.get(tag) or (best_locale([tag]) if tag.split("-")[0] in ("zh", "en") else None)


def _of_browser() -> str | None:
    wanted = [tag for tag, _quality in request.accept_languages if tag.lower().startswith(("zh", "en"))]
    return best_locale(wanted) if wanted else None
