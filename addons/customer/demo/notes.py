"""Visit notes that read as if somebody had written them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from addons.customer.demo import words

JOURNEYS: dict[str, tuple[str, ...]] = {
    "potential": ("open", "open", "survey", "stalled"),
    "intent": ("open", "survey", "survey", "proposal", "trial", "negotiate", "negotiate"),
    "won": ("survey", "proposal", "negotiate", "ordered", "ordered", "installed", "care", "care", "care"),
    "lost": ("survey", "proposal", "stalled", "lost"),
    "invalid": ("open", "stalled"),
}
"""Status → the stages that such a business goes through, from the first talk to today."""

METHODS = {
    "open": ("phone", "visit", "email", "phone"),
    "survey": ("visit", "visit", "meeting", "line"),
    "proposal": ("meeting", "visit", "email", "phone"),
    "trial": ("visit", "meeting", "line"),
    "negotiate": ("phone", "visit", "line", "email"),
    "ordered": ("email", "phone", "meeting", "visit"),
    "installed": ("visit", "visit", "line"),
    "care": ("visit", "phone", "line", "email"),
    "stalled": ("phone", "line", "phone", "email"),
    "lost": ("phone", "visit"),
}


@dataclass
class Deck:
    """Phrases dealt like cards: each once before any comes again."""

    random: Random
    _left: dict[Sequence[str], list[str]] = field(default_factory=dict)

    def deal(self, phrases: Sequence[str]) -> str:
        """The next phrase of that kind."""
        left = self._left.setdefault(phrases, [])
        if not left:
            left.extend(phrases)
            self.random.shuffle(left)
        return left.pop()


def stage_of(status: str, place: int, count: int) -> str:
    """The stage of the `place`-th of `count` talks with a customer of that status; the last is where it stands."""
    journey = JOURNEYS[status]
    return journey[-1] if count == 1 and status != "potential" else journey[place * len(journey) // count]


def note(deck: Deck, *, industry: str, stage: str, method: str, who: str, short: str, next_on: date | None) -> str:
    """One note: how one talked, what about, perhaps a detail, and what comes next."""
    random = deck.random
    parts = [deck.deal(words.OPENINGS[method]) + "。", deck.deal(words.BODIES[stage])]
    if random.random() < 0.2:
        parts.append(deck.deal(words.BODIES[stage]))
    if random.random() < 0.45:
        parts.append(deck.deal(words.DETAILS))
    if next_on is not None:
        parts.append(deck.deal(words.NEXT[stage]))
    return "".join(dict.fromkeys(parts)).format(
        who=who,
        short=short,
        line=random.choice(words.LINES[industry]),
        trouble=deck.deal(words.TROUBLES[industry]),
        machine=random.choice(words.MACHINES[industry]),
        seconds=random.choice((6, 8, 9, 12, 15, 18, 22, 30)),
        people=random.choice((6, 8, 10, 12, 16)),
        months=random.choice((11, 14, 16, 18, 20, 24)),
        weeks=random.choice((8, 10, 12, 14, 16)),
        budget=random.choice((80, 120, 150, 180, 250, 320, 400, 600)),
        day=f"{next_on.month}/{next_on.day}" if next_on else "",
    )
