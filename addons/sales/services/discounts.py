"""Who may take how much off the price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from addons.sales.models import DiscountLimit
from core.api import Records, Text, _


class DiscountLimits(Records[DiscountLimit]):
    """The highest discounts of roles."""

    model = DiscountLimit

    def limit_of(self, user_id: int | None) -> Decimal | None:
        """The widest limit among the user's roles; None if none of them has one, and for nobody in particular."""
        member = self.env.actor.organisation.members.get(user_id or 0)
        return _widest(self._limits(), member.roles if member else ())

    def refusal(self, discount: Decimal, *, submitted_by: int | None) -> Text | None:
        """Why the actor may not approve a document with that highest discount; None if they may.

        Whatever the submitter gives by themselves anybody approves who may approve at all.
        """
        author = self.env.actor.organisation.members.get(submitted_by or 0)
        if author is not None and author.is_active:
            # Who has left gives nothing any more.
            theirs = self.limit_of(submitted_by)
            if theirs is None or discount <= theirs:
                return None
        own = self.limit_of(self.env.user_id)
        if own is None or discount <= own:
            return None
        return _(
            "The discount of {discount} % is above your limit of {limit} %: it takes somebody with a higher one.",
            discount=_plain(discount),
            limit=_plain(own),
        )

    def is_above(self, document: Any, *, of: int | None) -> bool:
        """Whether the document has more of a discount than that user gives by themselves."""
        limit = self.limit_of(of)
        return limit is not None and document.highest_discount > limit

    def approvers(self, document: Any, *, without: int | None = None) -> list[str]:
        """The names of those who may approve a document with such a discount.

        Neither the one who has submitted it, nor `without`.
        """
        members, limits = self.env.actor.organisation.members, self._limits()
        able = [
            id
            for id, member in members.items()
            if id not in (document.submitted_by_id, without)
            and _covers(_widest(limits, member.roles), document.highest_discount)
        ]
        readers = self.env.readers_among(document, able)
        return sorted(members[id].name for id in readers if self._may_approve(id, document))

    def _may_approve(self, user_id: int, document: Any) -> bool:
        return self.env.site.actor(user_id, self.env).may(document.key(), "approve")

    def _limits(self) -> Mapping[int, Decimal]:
        with self.env.system("who may take how much off the price") as session:
            rows = session.execute(select(DiscountLimit.role_id, DiscountLimit.highest)).all()
        return {row.role_id: row.highest for row in rows}


def _widest(limits: Mapping[int, Decimal], roles: Iterable[int]) -> Decimal | None:
    return max((limits[role] for role in roles if role in limits), default=None)


def _covers(limit: Decimal | None, discount: Decimal) -> bool:
    return limit is None or discount <= limit


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
