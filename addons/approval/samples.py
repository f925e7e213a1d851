"""What a flow of approval may be, for records that are made up: its fields have to fit each other."""

from __future__ import annotations

from addons.approval.services.flows import approvable
from core.administration import models
from core.api import Env


def _approved(env: Env) -> tuple[str | None, str | None]:
    """A kind of document, and what is approved of it, also of an addon that is off; None without such addons."""
    kinds = (model for _key, model in sorted(models().items()) if model.__workflow__ is not None)
    return next(((model.key(), each.name) for model in kinds for each in approvable(env, model)), (None, None))


SAMPLES = {
    "approval_flow": {
        "model": lambda env: _approved(env)[0],
        "transition": lambda env: _approved(env)[1],
        "steps": [{"who": "supervisor"}],
    }
}
"""Model → field → value, or a function of the env that returns it."""
