"""Work in the background: what changes because a day has begun."""

from __future__ import annotations

from addons.sales.models import Quote
from addons.sales.services import Quotes
from core.api import Site, _, job, ngettext, schedule


@schedule(cron="10 0 * * *")
@job("sales.quotes_expire", own_transactions=True)
def quotes_expire(site: Site) -> None:
    """Right after midnight: quotes whose last day has passed expire, and their owners are told.

    Each has a transaction of its own: one that is accepted at this moment stays as it is.
    """
    with site.system("quotes that have expired", write=False) as env:
        over = env.service(Quotes).over()
    for id in over:
        with site.system("quotes that have expired") as env:
            quote = env.session.get_one(Quote, id, with_for_update=True)
            if quote.id not in env.service(Quotes).over():
                continue
            env.workflow.perform(quote, "expire")
            if quote.owner_id is not None:
                env.notify(
                    [quote.owner_id],
                    _("{record} has expired: revise it to offer it anew"),
                    kind="sales.quote_expired",
                    about=quote,
                    many=lambda count: ngettext("{count} quote has expired", "{count} quotes have expired", count),
                )
