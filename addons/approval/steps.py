"""One step of a flow: who is asked, how their decisions add up, and until when. As plain data it is kept in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.api import Message, Text, _

USERS, ROLE, SUPERVISOR, MANAGER = "users", "role", "supervisor", "manager"
WHO: Mapping[str, Text] = {
    USERS: _("Named persons"),
    ROLE: _("Everybody with a role"),
    SUPERVISOR: _("Supervisor"),
    MANAGER: _("Department manager"),
}
OWNER, SUBMITTER = "owner", "submitter"
WHOSE: Mapping[str, Text] = {SUBMITTER: _("of who submits"), OWNER: _("of the owner")}
ALL, ANY, TURN = "all", "any", "turn"
HOW: Mapping[str, Text] = {ALL: _("All must agree"), ANY: _("Any one decides"), TURN: _("One after the other")}
MOST_STEPS, MOST_USERS, MOST_LEVELS, MOST_DAYS = 20, 50, 9, 365

_PLAIN = _("Please choose one of the possibilities.")


@dataclass(frozen=True, slots=True)
class Step:
    """`who` with `users`, a `role`, or whom `levels` steps above `whose`; `how` they decide, within so many `days`."""

    who: str
    name: str = ""
    users: tuple[int, ...] = ()
    role: int | None = None
    whose: str = SUBMITTER
    levels: int = 1
    how: str = ALL
    days: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"users": list(self.users)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Step:
        """From how it is kept."""
        return cls(**{**kept, "users": tuple(kept.get("users", ()))})


def read_steps(given: Any) -> tuple[list[Step], dict[str, Message]]:
    """The steps that were given from outside, and what is wrong: `steps.0.users` → message."""
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        return [], {"steps": _("Please add at least one step.")}
    if len(given) > MOST_STEPS:
        return [], {"steps": _("At most {count} steps.", count=MOST_STEPS)}
    steps, problems = [], dict[str, Message]()
    for place, row in enumerate(given):
        found = {"": _("This is no step.")} if not isinstance(row, Mapping) else _problems(row)
        problems |= {f"steps.{place}.{name}".rstrip("."): message for name, message in found.items()}
        if not found:
            steps.append(_step(row))
    return steps, problems


def _problems(row: Mapping[str, Any]) -> dict[str, Message]:
    found: dict[str, Message] = {
        name: _("There is no such field.") for name in row if name not in Step.__dataclass_fields__
    }
    for name, known, start in (("who", WHO, None), ("how", HOW, ALL), ("whose", WHOSE, SUBMITTER)):
        if row.get(name, start) not in known:
            found[name] = _PLAIN
    users, who = row.get("users") or [], row.get("who")
    if not isinstance(users, list | tuple) or len(users) > MOST_USERS or not all(map(_is_id, users)):
        found["users"] = _("Please choose existing people.")
    elif who == USERS and not users:
        found["users"] = _("Please choose who is asked.")
    if who == ROLE and not _is_id(row.get("role")):
        found["role"] = _("Please choose a role.")
    if not _is_within(row.get("levels", 1), MOST_LEVELS):
        found["levels"] = _("From 1 to {most}.", most=MOST_LEVELS)
    if row.get("days") is not None and not _is_within(row["days"], MOST_DAYS):
        found["days"] = _("From 1 to {most}.", most=MOST_DAYS)
    name = row.get("name") or ""
    if not isinstance(name, str) or len(name) > 100 or not name.isprintable():
        found["name"] = _("At most 100 characters.")
    return found


def _step(row: Mapping[str, Any]) -> Step:
    who = row["who"]
    return Step(
        who=who,
        name=(row.get("name") or "").strip(),
        users=tuple(dict.fromkeys(row.get("users") or ())) if who == USERS else (),
        role=row.get("role") if who == ROLE else None,
        whose=row.get("whose", SUBMITTER),
        levels=row.get("levels", 1),
        how=row.get("how", ALL),
        days=row.get("days"),
    )


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _is_within(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most
