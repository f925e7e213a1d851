"""E-mail addresses as people type them: several, with or without names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email.utils import formataddr, getaddresses, parseaddr

from core.orm.validation import is_email

MOST = 50
"""So many people get one message."""

_BETWEEN = re.compile(r"[;；，、\n]+")


class BadAddress(ValueError):
    """What stands where an address should cannot be one."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address!r} is not an e-mail address.")
        self.address = address


class TooManyAddresses(ValueError):
    """A message goes to at most `MOST` people."""

    def __init__(self) -> None:
        super().__init__(f"A message goes to at most {MOST} addresses.")


def addresses_in(text: str) -> list[str]:
    """Each address of what somebody typed, once, in its order. Raises `BadAddress` and `TooManyAddresses`."""
    parts = [part.strip() for part in _BETWEEN.sub(",", text).split(",")]
    for part in parts:
        if part and not is_email(bare(part)):
            raise BadAddress(part)
    return checked(part for part in parts if part)


def checked(given: str | Iterable[str]) -> list[str]:
    """The addresses, once each. Raises `BadAddress` for one that cannot be an address, `TooManyAddresses`."""
    found: dict[str, str] = {}
    for address in [given] if isinstance(given, str) else given:
        _check(address)
        found.setdefault(bare(address).lower(), address)
    if len(found) > MOST:
        raise TooManyAddresses()
    return list(found.values())


def bare(address: str) -> str:
    """The address without the name of whose it is."""
    return parseaddr(address)[1]


def split(stored: str) -> Sequence[str]:
    """The addresses of a message as it is stored."""
    return [formataddr(pair) for pair in getaddresses([stored])] if stored else []


def _check(address: str) -> None:
    # A line break would begin a header of its own.
    if "\n" in address or "\r" in address or "@" not in bare(address):
        raise BadAddress(address)
