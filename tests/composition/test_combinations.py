"""Five addons that know little or nothing of each other, in all their combinations, in one process."""

from __future__ import annotations

import csv
import io
import logging
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from addons.customer.services import Customers
from core.addons import lifecycle
from core.errors import Invalid
from core.orm.listing import ListRequest, list_page
from core.pages.catalogue import build, catalogue_of
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.composition import expected
from tests.composition.expected import ADDONS, SETS

SECONDS = 0.25
"""In which the pages and the service of a set are made, which happens once per process."""


def switch(site: Site, on: frozenset[str]) -> None:
    with site.system("switch addons") as env:
        for name in ADDONS:
            if name in on and name not in env.enabled:
                lifecycle.enable(env, name)
            elif name not in on and name in env.enabled:
                lifecycle.disable(env, name)


def marks(names: Any) -> set[str]:
    return {name.removesuffix("_mark") for name in names if str(name).endswith("_mark")}


def pages_of(site: Site, cast: Cast) -> dict[str, Any]:
    """What the pages are at the moment, in order."""
    with cast.env("gm", write=False) as env:
        catalogue = catalogue_of(env)
        pages = catalogue.of(Customer)
        assert pages.listing is not None
        assert pages.form is not None
        return {
            "form": {section.key: list(section.fields) for section in pages.form.sections},
            "columns": list(pages.listing.columns),
            "tabs": [tab.key for tab in pages.tabs],
            "panels": [panel.key for panel in pages.panels],
            "actions": [key for key in pages.actions if key in ("birch", "ember", "assign", "delete")],
            "warned": {(warning.addon, warning.place) for warning in catalogue.warnings},
        }


def expected_of(on: frozenset[str]) -> dict[str, Any]:
    return {
        "form": expected.form(on),
        "columns": expected.columns(on),
        "tabs": expected.tabs(on),
        "panels": expected.panels(on),
        "actions": expected.actions(on),
        "warned": expected.warned(on),
    }


def test_every_combination_is_exactly_what_its_addons_make(
    site: Site, cast: Cast, visit: Callable[[str], Visitor], api: Callable[[str], ApiClient]
) -> None:
    browser, client = visit("gm"), api("gm")
    for number, on in enumerate(SETS):
        switch(site, on)

        assert pages_of(site, cast) == expected_of(on), on
        id = _check_service(cast, on, f"N{number}")
        _check_html(browser, id, on)
        _check_api(client, id, on)
        _check_search(cast, id, on)


def _check_service(cast: Cast, on: frozenset[str], name: str) -> int:
    """Creating goes through the service of each that is on, in their order."""
    chosen = [addon for addon in ADDONS if addon in on]
    with cast.env("gm") as env:
        record = env.records(Customer).create({"name": name})
        assert record.note == ("".join(f"+{addon}" for addon in chosen) or None)
        assert env.records(Customer) is env.service(Customers)
        for addon in ADDONS:
            assert getattr(record, f"{addon}_mark") == (addon if addon in on else None)
        id: int = record.id
    refused = []
    for addon in ADDONS:
        with cast.env("gm") as env:
            refused += [] if _may_create(env, addon) else [addon]
    assert refused == chosen
    return id


def _may_create(env: Any, name: str) -> bool:
    try:
        env.records(Customer).create({"name": name})
    except Invalid:
        return False
    return True


def _check_html(browser: Visitor, id: int, on: frozenset[str]) -> None:
    form = browser.get("/customer/new").get_data(as_text=True)
    page = browser.get(f"/customer/{id}").get_data(as_text=True)
    listed = browser.get("/customer").get_data(as_text=True)
    shown = {addon for addon in ADDONS if f'name="{addon}_mark"' in form}
    slots = {addon for addon in ADDONS if f"<p>slot of {addon}</p>" in page}
    columns = {addon for addon in ADDONS if f"{addon.title()} mark" in listed}
    assert shown == on
    assert ("Cedar&#39;s name" in form) == ("cedar" in on)
    assert slots == on & {"amber", "ember"}
    assert columns - {"amber"} == on - {"amber"}
    for addon in ADDONS:
        answer = browser.get(f"/customer/{id}/tab/{addon}")
        assert answer.status_code == (200 if addon in on else 404), (addon, on)
    head = next(csv.reader(io.StringIO(browser.get("/export/customer.csv").get_data(as_text=True).lstrip("\ufeff"))))
    exported = {name.split()[0].lower() for name in head if name.endswith(" mark")}
    assert exported == marks(expected.columns(on))


def _check_api(client: ApiClient, id: int, on: frozenset[str]) -> None:
    record = (client.get(f"/customer/{id}").json or {})["data"]
    schema = client.get("/openapi.json").get_data(as_text=True)
    actions = {addon for addon in ADDONS if f"/customer/{{id}}/actions/{addon}" in schema}
    filtered = {addon for addon in ADDONS if client.get(f"/customer?filter={addon}_mark:is:x").status_code == 200}
    assert marks(record) == on
    assert {addon for addon in ADDONS if f'"{addon}_mark"' in schema} == on
    assert actions == on & {"birch", "ember"}
    assert filtered == on


def _check_search(cast: Cast, id: int, on: frozenset[str]) -> None:
    with cast.env("gm", write=False) as env:
        for addon in ADDONS:
            found = [row.id for row in list_page(env, ListRequest(Customer, q=addon), ["name"]).rows]
            assert (id in found) == (addon in on), (addon, on)


def test_result_does_not_depend_on_the_way_to_it(site: Site, cast: Cast) -> None:
    """Whatever was on before, and in whatever order the sets come."""
    order = [*SETS, *SETS]
    random.Random(9).shuffle(order)

    for on in order:
        switch(site, on)
        assert pages_of(site, cast) == expected_of(on)


def test_warning_is_logged_once(site: Site, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    from core.pages import catalogue

    catalogue._told.pop(site.registry, None)
    with caplog.at_level(logging.WARNING, "core.pages.catalogue"):
        for on in SETS:
            build(site.registry, on | {"base", "customer"})
            build(site.registry, on | {"base", "customer"})

    assert len(caplog.messages) == len(set(caplog.messages))
    assert any("The addon birch: customer.list: There is no “amber_mark”" in text for text in caplog.messages)


def test_origins_name_the_addon_of_each_thing(site: Site, cast: Cast) -> None:
    switch(site, frozenset(ADDONS))

    with cast.env("gm", write=False) as env:
        catalogue = catalogue_of(env)
        origins = catalogue.origins

    assert origins["customer.form.dune", "ember_mark"] == "ember"
    assert origins["customer.form", "dune"] == "dune"
    assert origins["customer.form.dune", "tags"] == "customer"
    assert ("cedar", "Hide", "customer.list", "phone") in [
        (a.addon, a.what, a.place, a.name) for a in catalogue.alterations
    ]


def test_pages_and_services_of_a_set_are_made_quickly(site: Site) -> None:
    took = []
    for on in SETS:
        enabled = on | {"base", "customer"}
        start = time.perf_counter()
        build(site.registry, enabled)
        site.registry.composed(Customers, enabled)
        took.append(time.perf_counter() - start)

    assert sorted(took)[len(took) // 2] < SECONDS
    first = site.registry.composed(Customers, frozenset({"base", "customer", "amber"}))
    assert site.registry.composed(Customers, frozenset({"base", "customer", "amber"})) is first


def test_columns_of_all_are_there_whatever_is_on(site: Site, cast: Cast) -> None:
    switch(site, frozenset(ADDONS))
    with cast.env("gm") as env:
        id = env.records(Customer).create({"name": "台榮"}).id

    switch(site, frozenset())
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, id), {"name": "台榮精密"})
    switch(site, frozenset({"dune"}))

    with cast.env("gm") as env:
        columns = [getattr(Customer, f"{addon}_mark") for addon in ADDONS]
        assert tuple(env.session.execute(select(*columns).where(Customer.id == id)).one()) == ADDONS
