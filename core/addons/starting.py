"""What a company begins with that has no demo data: records without which an addon could not be used.

An addon says so by `load(env)` in its `start.py`. It is asked whenever a site is brought up to date and when an addon
is enabled, in the company's language, and adds what it brings only where there is nothing of that kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import use_locale

if TYPE_CHECKING:
    from core.env import Env


def begin(env: Env) -> None:
    """Asks every enabled addon."""
    with use_locale(env.site.default_locale(env)):
        for addon in env.site.registry.addons:
            if addon.name in env.enabled and "start" in addon.modules:
                addon.modules["start"].load(env)
