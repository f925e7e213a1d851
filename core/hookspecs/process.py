"""The process and its addons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.addons.policy import Policy, hook

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site


@hook(policy=Policy.ISOLATED)
def registered(site: Site) -> None:
    """The addons are loaded and the process is about to work.

    Fires once per process and site, of all installed addons, before the database has been touched: there is no unit
    of work. Returns nothing. An exception is logged.
    """


@hook(policy=Policy.ISOLATED)
def addon_enabled(env: Env, addon: str) -> None:
    """An addon has been enabled on this site; it hears of itself, too.

    Fires in the same transaction, for each addon that is on now and was off before. Returns nothing.
    """


@hook(policy=Policy.ISOLATED)
def addon_disabled(env: Env, addon: str) -> None:
    """An addon is about to be disabled on this site; it hears of itself, too.

    Fires in the same transaction, for each addon that will be off, while all are still on. Returns nothing.
    """
