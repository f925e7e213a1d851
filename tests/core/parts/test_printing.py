"""Parts on paper."""

from sqlalchemy import insert, select

from addons.sales.models import Quote
from core.access.models import FieldGrant, Role
from core.env import Env
from core.orm.versions import bump
from core.printing.context import Records
from core.printing.templates import template_of
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import queries
from tests.core.parts.conftest import make_quote, row


def _printed(env: Env, *ids: int) -> list[dict[str, object]]:
    found = Records(env, Quote, template_of(env, Quote, "record").node)
    return list(found.of([env.get(Quote, id) for id in ids]))


def test_templates_get_the_rows_with_texts_and_values(quote: int, cast: Cast) -> None:
    with cast.env("sales") as env:
        (shown,) = _printed(env, quote)

    lines = shown["parts"]["lines"]  # type: ignore[index]
    assert (lines["key"], lines["label"]) == ("lines", "Lines")
    assert [(line["description"]["text"], line["quantity"]["value"]) for line in lines["rows"]] == [
        ("鑽頭", "3"),
        ("銑刀", "2"),
        ("刀把", "1"),
    ]
    assert {column["name"] for column in lines["columns"]} >= {"description", "quantity", "unit_price"}
    assert "quote_id" not in lines["rows"][0]


def test_a_hidden_field_is_not_on_paper(quote: int, cast: Cast, site: Site) -> None:
    with site.system("hide the price") as env:
        role = env.session.scalar(select(Role.id).where(Role.preset == "salesperson"))
        values = {"role_id": role, "model": "quote_line", "field": "unit_price", "level": "hidden"}
        env.connection_of_core.execute(insert(FieldGrant).values(values))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales") as env:
        (shown,) = _printed(env, quote)

    assert "unit_price" not in shown["parts"]["lines"]["rows"][0]  # type: ignore[index]


def test_many_records_ask_for_their_parts_once(quote: int, customer: int, cast: Cast, site: Site) -> None:
    with cast.env("sales") as env:
        ids = [make_quote(env, customer, [row(), row()]).id for _ in range(5)]

    counts = []
    for wanted in ([quote], [quote, *ids]):
        with cast.env("sales") as env:
            records = [env.get(Quote, id) for id in wanted]
            found = Records(env, Quote, template_of(env, Quote, "record").node)
            with queries(site) as counted:
                list(found.of(records))
            counts.append(sum("FROM quote_line" in each for each in counted.statements))

    assert counts == [1, 1]
