"""How the rows of a model are protected. A model states one rule; `core.access.guard` compiles it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The root of all row rules."""


@dataclass(frozen=True, slots=True)
class Owned(Rule):
    """A record with an owner: readable within the scope of the grant over that owner, or when shared."""

    owner: str = "owner_id"


@dataclass(frozen=True, slots=True)
class Follows(Rule):
    """A record that goes with another one: whoever may see that one and holds the grant here may see this.

    `link` is the foreign key to the record that is followed; `owner` this record's own owner, if it has one. The
    model mixes in `Follower`.
    """

    link: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Everyone(Rule):
    """Readable by everybody who is signed in; written by whoever holds the grant."""


@dataclass(frozen=True, slots=True)
class ByGrant(Rule):
    """No row rule: whoever holds the grant, in whatever scope, has it for all rows."""


@dataclass(frozen=True, slots=True)
class SystemOnly(Rule):
    """Never reached in a user's session."""
