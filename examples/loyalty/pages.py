"""Points on the customer's pages: nothing here replaces anything of the customer addon."""

from __future__ import annotations

from addons.customer.models import Customer
from addons.loyalty.models import Loyalty, PointEntry
from addons.loyalty.services import LoyalCustomers
from core.api import (
    Action,
    Card,
    Column,
    Env,
    Field,
    Filter,
    FormField,
    Kind,
    ListPage,
    Menu,
    Panel,
    PrintTemplate,
    Tab,
    TimelineSource,
    _,
)


def _earn(env: Env, customer: Customer, *, points: int, reason: str) -> None:
    env.service(LoyalCustomers).earn(customer, points=points, reason=reason)


def is_member(env: Env, customer: Customer) -> bool:
    """Whether there are points to write of."""
    return bool(Loyalty.of(customer).points)


PAGES = [
    FormField(place="customer.form.main", name="loyalty_tier", after="level"),
    FormField(place="customer.form.main", name="loyalty_card", after="loyalty_tier"),
    FormField(place="customer.form.sales", name="loyalty_referrer_id", after="source"),
    Column(place="customer.list", name="loyalty_points", after="level"),
    Filter(place="customer.list", name="loyalty_points"),
    Filter(place="customer.list", name="loyalty_tier", after="level"),
    PrintTemplate(
        model=Customer,
        key="member",
        label=_("Letter to the member"),
        source="member.typ",
        filename=_("{name}, member {date}"),
        words={
            "title": _("Your membership"),
            "missing": _("{points} points to gold"),
            "thanks": _("Thank you for coming back."),
        },
        when=is_member,
    ),
    Panel(
        place="customer.detail.side",
        key="loyalty",
        label=_("Loyalty"),
        fields=("loyalty_points", "loyalty_tier", "loyalty_number", "loyalty_card", "loyalty_referrer_id"),
    ),
    Tab(
        place="customer.detail.tabs",
        key="points",
        label=_("Points"),
        after="visits",
        children=PointEntry,
        via="customer_id",
        columns=("earned_at", "points", "reason"),
    ),
    TimelineSource(
        model=Customer,
        children=PointEntry,
        via="customer_id",
        at="earned_at",
        body="reason",
        icon="star",
        facts=("points",),
    ),
    Action(
        key="earn",
        model=Customer,
        label=_("Add points"),
        icon="star",
        grant="edit",
        arguments=(
            Field(Kind.INTEGER, _("Points"), name="points", required=True),
            Field(Kind.TEXT, _("What for"), name="reason", required=True, max_length=200),
        ),
        run=_earn,
        done=_("Points added"),
    ),
    ListPage(
        model=PointEntry,
        columns=("earned_at", "customer_id", "points", "reason"),
        filters=("customer_id", "points", "earned_at"),
        card=("points", "earned_at"),
        empty=_("Points that customers earn and spend are listed here."),
    ),
    Menu(group="customers", key="loyalty_entry", label=_("Points"), icon="star", model=PointEntry, position=40),
    Card(
        key="gold_customers",
        label=_("Gold customers"),
        model=Customer,
        filters=("loyalty_tier:is:gold",),
        sort="-loyalty_points",
        columns=("name", "loyalty_points", "owner_id"),
        position=60,
    ),
]
