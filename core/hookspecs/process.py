"""The process and its addons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.addons.answers import Diagnosis
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


@hook(policy=Policy.VETO, gives=Diagnosis)
def diagnose(env: Env) -> Diagnosis | list[Diagnosis] | None:
    """`9kcrm doctor` examines this site, whose tables are up to date.

    Fires in a transaction of the system that writes nothing; look only. Returns a `Diagnosis` for each thing that is
    wrong, and one that is not wrong for what has been looked at and found right. It may take its time: an
    implementation is not interrupted. An exception is told as something wrong, and the other addons are not asked.
    """
