"""Hooks about printing: what stands on the page beside the record, and what typesets it."""

from collections.abc import Callable
from typing import Any

from addons.customer.models import Customer
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.addons.hooking import install
from tests.core.addons.listening import create, listen, prove


def test_hook_print_context(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = create(cast)
    prove(site, "print_context", lambda: visit("sales").get(f"/customer/{id}/print"))
    calls = listen(
        site,
        "print_context",
        lambda record, **_: {"one": {"name": record.name, "on": record.received_on}},
        lambda **_: {"two": object()},
        lambda **_: {"three": [1]},
    )
    told = listen_to_data(site)

    visit("sales").get(f"/customer/{id}/print?template=record")

    assert [name for name, _arguments in calls] == ["one", "two", "three"]
    assert calls[0][1]["model"] is Customer
    assert calls[0][1]["template"] == "record"
    with cast.env("sales", write=False) as env:
        today = env.today.isoformat()
    # What is no plain data is left out, and nothing else with it.
    assert told[0]["records"][0]["added"] == {"one": {"name": "台榮精密", "on": today}, "three": [1]}


def listen_to_data(site: Site) -> list[dict[str, Any]]:
    """What engines are given, as they are called."""
    told: list[dict[str, Any]] = []

    def render_pdf(data: dict[str, Any]) -> None:
        told.append(data)

    install(site, "engine", render_pdf)
    return told


def test_hook_render_pdf(site: Site, cast: Cast, visit: Callable[..., Visitor]) -> None:
    id = create(cast, phone="02-2345-6789")
    prove(site, "render_pdf", lambda: visit("sales").get(f"/customer/{id}/print"))
    calls = listen(site, "render_pdf", lambda **_: None, lambda template, **_: f"%PDF {template}".encode())

    answer = visit("sales").get(f"/customer/{id}/print")
    listed = visit("sales").get("/print/customer")

    assert (answer.data, answer.mimetype) == (b"%PDF record", "application/pdf")
    assert listed.data == b"%PDF list"
    assert calls[0][1]["data"]["records"][0]["fields"]["phone"]["text"] == "02-2345-6789"
    assert [name for name, _arguments in calls] == ["one", "two", "one", "two"]
