"""How the receivables of an order follow when its total changes. No database: plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from addons.sales.allocation import NOTHING, Owed, latest_first
from addons.sales.instalments import cut
from addons.sales.standing import Claim


@dataclass(frozen=True, slots=True)
class Followed:
    """The new amounts, in the order of the receivables: one of nothing is void. `more` needs a new receivable."""

    amounts: Sequence[Decimal]
    more: Decimal = NOTHING


def followed(total: Decimal, claims: Sequence[Claim], *, decimals: int) -> Followed | None:
    """The receivables that are not void, so that together they are the total; None if more than that is settled.

    Those of which nothing is settled share, in the proportion that they have, what the others leave of the total.
    Only where that is less than nothing the others shrink, the latest first, never below what is settled.
    """
    touched = [claim for claim in claims if claim.received or claim.credited]
    rest = total - sum((claim.amount for claim in touched), NOTHING)
    open_ = [claim for claim in claims if not (claim.received or claim.credited)]
    if rest < 0:
        return _shrunk(-rest, claims)
    shares = iter(cut(rest, [claim.amount for claim in open_], decimals=decimals) if open_ else ())
    amounts = [claim.amount if claim.received or claim.credited else next(shares) for claim in claims]
    return Followed(amounts, NOTHING if open_ else rest)


def _shrunk(excess: Decimal, claims: Sequence[Claim]) -> Followed | None:
    touched = {place: claim for place, claim in enumerate(claims) if claim.received or claim.credited}
    less = latest_first(excess, [Owed(place, claim.balance, claim.due_on) for place, claim in touched.items()])
    if sum(less.values(), NOTHING) < excess:
        return None
    return Followed(
        [
            touched[place].amount - less.get(place, NOTHING) if place in touched else NOTHING
            for place in range(len(claims))
        ]
    )
