"""The places of all pages: the named things in each, in order, and what addons do with those of others.

Nothing that an addon asks for here is an error. What cannot be done is left out or put at the end, with a warning that
names the addon, the place and what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.i18n import Text, _
from core.pages import nodes
from core.pages.order import arrange


@dataclass(slots=True)
class Item:
    """Something in a place: a field by its name, or a node by its key. `label` is what an addon calls it instead."""

    name: str
    addon: str
    node: Any = None
    after: str = ""
    before: str = ""
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class PageWarning:
    """What an addon asked for on a page and did not get."""

    addon: str
    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class Alteration:
    """What an addon did to something on a page: `what` is the name of its node, such as `Hide`."""

    addon: str
    what: str
    place: str
    name: str


class Places:
    """Places by their names. First they are laid out, then things are added, arranged, and altered."""

    def __init__(self) -> None:
        self._laid: dict[str, list[Item]] = {}
        self._added: dict[str, list[Item]] = {}
        self._defaults: dict[str, str] = {}
        self.apart: set[str] = set()
        """Those whose things are of no other place of their page: the columns of parts are no fields of the form."""
        self.general: set[tuple[str, str]] = set()
        """(place, name) of what is meant of all models, and so finds its anchor on some of them only."""
        self.warnings: list[PageWarning] = []
        self.alterations: list[Alteration] = []

    def __contains__(self, place: str) -> bool:
        return place in self._laid

    def places(self) -> list[str]:
        """The names of all places, as they were laid out."""
        return list(self._laid)

    def lay(self, place: str, items: Iterable[Item] = (), *, ahead_of: str = "", is_apart: bool = False) -> None:
        """Opens a place with what is in it from the start. What names no anchor goes ahead of `ahead_of`, or last."""
        if is_apart:
            self.apart.add(place)
        self._laid.setdefault(place, []).extend(items)
        if ahead_of:
            self._defaults[place] = ahead_of

    def add(self, place: str, item: Item) -> None:
        """Adds something to a place that is there."""
        if not (item.after or item.before):
            item.before = self._defaults.get(place, "")
        self._added.setdefault(place, []).append(item)

    def arrange(self) -> None:
        """Puts everything that was added where it asked to be."""
        for place, added in self._added.items():
            laid = self._laid[place]
            items = {item.name: item for item in (*reversed(added), *laid)}

            def missing(item: Item, place: str = place) -> None:
                anchor = item.after or item.before
                if (place, item.name) not in self.general:
                    self.warn(item.addon, place, _no_anchor(anchor, item.name), here=True)

            names = arrange(place, [item.name for item in laid], added, lambda item: item.name, missing)
            self._laid[place] = [items[name] for name in names]
        self._added.clear()

    def alter(self, addon: str, node: nodes.Alteration) -> None:
        """Hides, moves or relabels something."""
        item = next((item for item in self._laid.get(node.place, ()) if item.name == node.name), None)
        if item is None:
            self._warn_of_missing(addon, node)
            return
        self.alterations.append(Alteration(addon, type(node).__name__, node.place, node.name))
        if isinstance(node, nodes.Hide):
            self._laid[node.place].remove(item)
        elif isinstance(node, nodes.Relabel):
            item.label = node.label
        elif isinstance(node, nodes.Move):
            self._move(addon, node, item)

    def _move(self, addon: str, node: nodes.Move, item: Item) -> None:
        target = node.to or node.place
        if target not in self._laid or (target != node.place and self._family(target) != self._family(node.place)):
            self.warn(addon, node.place, _("“{name}” cannot go to “{place}”.", name=node.name, place=target))
            return
        self._laid[node.place].remove(item)
        names = [other.name for other in self._laid[target]]
        anchor = node.after or node.before
        if anchor and anchor not in names:
            self.warn(addon, target, _no_anchor(anchor, node.name), here=True)
        at = names.index(anchor) + (1 if node.after else 0) if anchor in names else len(names)
        self._laid[target].insert(at, item)

    def _family(self, place: str) -> str:
        """Among which places things may move: the sections of a form, the groups of the menu."""
        parent = place.rpartition(".")[0]
        return parent if (parent == "menu" or parent.endswith(".form")) and place not in self.apart else place

    def _warn_of_missing(self, addon: str, node: nodes.Alteration) -> None:
        if node.place in self._laid:
            self.warn(addon, node.place, _("There is no “{name}”.", name=node.name), here=True)
        else:
            self.warn_of_place(addon, node.place)

    def warn_of_place(self, addon: str, place: str, instead: str = "") -> None:
        """Notes that there is no such place; `instead` is where the thing goes."""
        head = place.partition(".")[0]
        near = [known for known in self._laid if known.partition(".")[0] == head] or list(self._laid)
        text = _("There is no such place.")
        if instead:
            text = _("There is no such place; it goes to {place}.", place=instead)
        self.warnings.append(PageWarning(addon, place, _with_known(text, near)))

    def warn(self, addon: str, place: str, text: Text, *, here: bool = False) -> None:
        """Notes what an addon did not get. `here` adds what there is in the place."""
        known = [item.name for item in (*self._laid.get(place, ()), *self._added.get(place, ()))]
        self.warnings.append(PageWarning(addon, place, _with_known(text, known) if here else text))

    def items(self, place: str) -> list[Item]:
        """What is in the place, in order."""
        return self._laid.get(place, [])

    def names(self, place: str) -> tuple[str, ...]:
        """The names of what is in the place, in order."""
        return tuple(item.name for item in self.items(place))

    def labels(self, place: str) -> Mapping[str, Text]:
        """Name → what an addon calls it instead."""
        return {item.name: item.label for item in self.items(place) if item.label is not None}

    def origins(self) -> dict[tuple[str, str], str]:
        """(place, name) → the addon that it comes from."""
        return {(place, item.name): item.addon for place, items in self._laid.items() for item in items}


def _no_anchor(anchor: str, name: str) -> Text:
    return _("There is no “{anchor}”, so “{name}” goes to the end.", anchor=anchor, name=name)


def _with_known(problem: Text, known: Sequence[str]) -> Text:
    return _("{problem} There are: {names}", problem=problem, names=", ".join(known) or "—")
