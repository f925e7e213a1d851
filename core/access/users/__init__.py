"""Who can sign in: accounts, passwords, API tokens, roles, and the rule that somebody always administers the site."""

from core.access.users.accounts import MayDoMore, check_may_act_as, create, disable
from core.access.users.passwords import (
    LONGEST,
    SHORTEST,
    SignInUnavailable,
    hash_password,
    set_password,
    store_password,
    verify_password,
    weakness,
)
from core.access.users.roles import (
    ADMINISTERS,
    LastAdministrator,
    OwnAdministration,
    administrators,
    keeping_administrators,
    set_roles,
)
from core.access.users.tokens import new_token, revoke_token, user_for_token

__all__ = [
    "ADMINISTERS",
    "LONGEST",
    "SHORTEST",
    "LastAdministrator",
    "MayDoMore",
    "OwnAdministration",
    "SignInUnavailable",
    "administrators",
    "check_may_act_as",
    "create",
    "disable",
    "hash_password",
    "keeping_administrators",
    "new_token",
    "revoke_token",
    "set_password",
    "set_roles",
    "store_password",
    "user_for_token",
    "verify_password",
    "weakness",
]
