"""Jinja2 for the pages of core and of all addons: escaping, translation, assets and the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, g
from jinja2 import BaseLoader, ChoiceLoader, FileSystemBytecodeCache, FileSystemLoader, PrefixLoader
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from core.i18n import LOCALES, current_locale, in_locale, messages_of
from core.web.assets import Assets, asset
from core.web.csrf import csrf_token

if TYPE_CHECKING:
    from core.pages.views import Frame
    from core.site import Site


def prepare(app: Flask, site: Site) -> None:
    """Sets up the app's templates: core's by their name, an addon's as `<addon>/<name>`."""
    app.jinja_loader = _loader(site)
    app.jinja_options = {
        **app.jinja_options,
        "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
        "bytecode_cache": bytecode_of(site),
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": site.settings.debug,
    }
    environment = app.jinja_env
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    assets: Assets = app.config["ASSETS"]
    environment.globals.update(
        {
            "_": gettext,
            "gettext": gettext,
            "ngettext": ngettext,
            "pgettext": pgettext,
            "asset": asset,
            "csrf_token": csrf_token,
            "frame": LocalProxy(current_frame),
            "kept": Kept(),
            "slot": slot,
            "icon_names": LocalProxy(lambda: assets.icons),
        }
    )
    app.context_processor(lambda: {"html_lang": html_lang()})


class Kept:
    """Rendered parts of pages, kept in this process under all that they depend on.

    `{% call kept("menu", key) %}…{% endcall %}` renders its body once per key. What is in it must follow from the
    key alone: no token, no name of a reader.
    """

    limit = 2000

    def __init__(self) -> None:
        self._parts: dict[tuple[object, ...], Markup] = {}

    def __call__(self, *key: object, caller: Callable[[], Markup]) -> Markup:
        found = self._parts.get(key)
        if found is None:
            found = caller()
            if len(self._parts) >= self.limit:
                self._parts.clear()
            self._parts[key] = found
        return found


def gettext(message: str, **variables: Any) -> str:
    """The message in the reader's language, with `%(name)s` filled in; HTML in a variable stays HTML."""
    return _filled(in_locale(message), variables)


def pgettext(context: str, message: str, **variables: Any) -> str:
    """Like `gettext`, for a message that means one thing here and another elsewhere."""
    return _filled(in_locale(message, context), variables)


def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str:
    """The message that fits the number, available in it as `%(num)s`."""
    forms = messages_of(current_locale()).get((singular, plural)) or (singular, plural)
    chosen = forms[0] if num == 1 or len(forms) == 1 else forms[1]
    return _filled(chosen, {"num": num, **variables})


def current_frame() -> Frame | None:
    """What is around a page for somebody who is signed in, built once per request; else None."""
    if "env" not in g:
        return None
    if "frame" not in g:
        from core.pages.frame import build_frame

        g.frame = build_frame(g.env)
    found: Frame = g.frame
    return found


def slot(place: str, **context: Any) -> Markup:
    """What addons put into the slot of a page, for somebody who is signed in."""
    if "env" not in g:
        return Markup("")
    from core.pages.slots import fill

    return fill(g.env, place, **context)


def html_lang() -> str:
    """The value of `lang` for the current language."""
    return LOCALES[current_locale()][0]


def _filled(text: str, variables: dict[str, Any]) -> str:
    if not variables:
        return text
    if any(hasattr(value, "__html__") for value in variables.values()):
        return Markup(escape(text)) % variables
    return text % variables


def _loader(site: Site) -> ChoiceLoader:
    from pathlib import Path

    core = FileSystemLoader(Path(__file__).resolve().parent / "templates")
    addons: dict[str, BaseLoader] = {
        addon.name: FileSystemLoader(addon.manifest.path / "templates")
        for addon in site.registry.addons
        if (addon.manifest.path / "templates").is_dir()
    }
    return ChoiceLoader([core, PrefixLoader(addons)])


def bytecode_of(site: Site) -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept; None where nothing can be."""
    folder = site.settings.data / "cache" / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        # A full disk is no reason not to serve.
        return None
    return FileSystemBytecodeCache(str(folder))
