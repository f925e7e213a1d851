"""The pages of opportunities and pipelines, as data."""

from __future__ import annotations

from addons.opportunity.pages.customer import CUSTOMER
from addons.opportunity.pages.opportunity import OPPORTUNITY
from addons.opportunity.pages.pipeline import PIPELINE
from addons.opportunity.pages.start import START

PAGES = [*START, *OPPORTUNITY, *PIPELINE, *CUSTOMER]
