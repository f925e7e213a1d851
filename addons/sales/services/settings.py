"""What administrators set for the documents of sales."""

from __future__ import annotations

from decimal import Decimal

from addons.base.services import SiteSettings
from core.api import Field, Kind, _

TAX_RATE = Decimal(5)
"""Percent, unless the setting `sales.tax_rate` says otherwise: article 10 of the Business Tax Act."""

VALID_DAYS = 30
"""How long a quote is valid, unless the setting `sales.quote_days` says otherwise."""

LONGEST_DAYS = 730


class SalesSettings(SiteSettings):
    """The settings under `sales.*`."""

    prefix = "sales."
    fields = {
        spec.name: spec
        for spec in (
            Field(
                Kind.PERCENT,
                _("Tax rate"),
                name="tax_rate",
                required=True,
                minimum=Decimal(0),
                maximum=Decimal(100),
                default=TAX_RATE,
                help=_("Of what is taxable, in percent. Documents that are there already keep theirs."),
            ),
            Field(
                Kind.INTEGER,
                _("Days that a quote is valid"),
                name="quote_days",
                required=True,
                minimum=Decimal(0),
                maximum=Decimal(LONGEST_DAYS),
                default=VALID_DAYS,
                help=_("Suggested for a new quote and a new revision; 0 is the same day."),
            ),
            Field(
                Kind.BOOLEAN,
                _("Submitters may approve their own documents"),
                name="self_approval",
                required=True,
                default=False,
                help=_("Where a flow of approval decides, its own rule holds instead."),
            ),
        )
    }
