"""What a customer's pages are with each set of the five addons, worked out by hand: what each adds, then what each
changes of what is there."""

from __future__ import annotations

from itertools import combinations

ADDONS = ("amber", "birch", "cedar", "dune", "ember")
SETS = [frozenset(chosen) for size in range(6) for chosen in combinations(ADDONS, size)]

MAIN = ["name", "short_name", "kind", "tax_id", "level", "status", "industry", "parent_id", "tags"]
SALES = ["owner_id", "source", "received_on", "next_contact_on", "deal_on", "locked_until"]
COLUMNS = ["name", "level", "status", "owner_id", "last_visit_on", "next_contact_on", "region", "industry", "phone"]
SALES_TABS = ["opportunities", "quotes", "orders", "receivables", "receipts", "credit_notes", "contracts"]
TABS = ["contacts", "visits", *SALES_TABS, "activity", "group", "ownership", "files"]


def form(on: frozenset[str]) -> dict[str, list[str]]:
    """Section → fields."""
    main, sales, note, dune = [*MAIN], [*SALES], ["note"], ["dune_mark"]
    if "amber" in on:
        _after(main, "level", "amber_mark")
    if "birch" in on:
        _after(main, "amber_mark", "birch_mark")
    if "cedar" in on:
        sales.append("cedar_mark")
        main.remove("short_name")
    if "ember" in on:
        _before(dune, "dune_mark", "ember_mark") if "dune" in on else note.append("ember_mark")
    found = {"main": main}
    if "dune" in on:
        main.remove("tags")
        found["dune"] = [*dune, "tags"]
    return found | {"contact": ["phone", "email", "website", "region", "address"], "sales": sales, "note": note}


def columns(on: frozenset[str]) -> list[str]:
    """The columns of the list."""
    found = [*COLUMNS]
    if "amber" in on:
        _after(found, "name", "amber_mark")
    if "amber" in on and "birch" in on:
        _after(found, "amber_mark", "birch_mark")
    if "cedar" in on:
        _before(found, "phone", "cedar_mark")
    if "dune" in on:
        found.append("dune_mark")
    if "ember" in on:
        _after(found, "level", "ember_mark")
    if "birch" in on and "amber" not in on:
        found.append("birch_mark")
    if "cedar" in on:
        found.remove("phone")
    if "dune" in on:
        found.remove("level")
        _before(found, "name", "level")
    if "ember" in on and "amber" in on:
        found.remove("amber_mark")
    return found


def tabs(on: frozenset[str]) -> list[str]:
    """The tabs of a customer's page."""
    own = [tab for tab in TABS if tab != "ownership" or "cedar" not in on]
    own += [name for name in ("amber", "cedar") if name in on]
    found = ["timeline", "details", *own, "history", "collaborators"]
    if "dune" in on:
        _before(found, "details", "dune")
    if "birch" in on:
        _after(found, "amber", "birch")
    if "ember" in on:
        _after(found, "dune", "ember")
    if "dune" in on:
        found.remove("history")
        _after(found, "timeline", "history")
    return found


def panels(on: frozenset[str]) -> list[str]:
    """The blocks beside it."""
    found = [
        "next",
        "money",
        "approval",
        "facts",
        "reach",
        *(name for name in ("amber", "cedar", "ember") if name in on),
    ]
    if "birch" in on:
        _after(found, "next", "birch")
    if "dune" in on:
        _before(found, "reach", "dune")
    return found


def actions(on: frozenset[str]) -> list[str]:
    """Of the actions, those of the five and two of core's."""
    found = ["birch"] if "birch" in on else []
    found = ["ember", *found] if {"ember", "birch"} <= on else found
    return [*found, "assign", "delete", *(["ember"] if "ember" in on and "birch" not in on else [])]


def warned(on: frozenset[str]) -> set[tuple[str, str]]:
    """(addon, place) of what cannot be as it was asked for."""
    found = set()
    if "birch" in on and "amber" not in on:
        found |= {("birch", place) for place in ("customer.form.main", "customer.list", "customer.detail.tabs")}
    if "ember" in on and "amber" not in on:
        found |= {("ember", "customer.list")}
    if "ember" in on and "dune" not in on:
        found |= {("ember", place) for place in ("customer.form.dune", "customer.detail.tabs")}
    if "ember" in on and "birch" not in on:
        found |= {("ember", "customer.actions")}
    return found


def _after(found: list[str], anchor: str, name: str) -> None:
    found.insert(found.index(anchor) + 1 if anchor in found else len(found), name)


def _before(found: list[str], anchor: str, name: str) -> None:
    found.insert(found.index(anchor), name)
