"""What addons do with each other's pages: added, hidden, moved and relabelled, and never an error."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

import core
from addons.customer.models import Contact, Customer
from core import i18n
from core.i18n import load_catalogues, messages_of, use_locale
from core.pages import nodes
from core.pages.catalogue import Catalogue, build


class Contributions:
    """Stands for a registry: what its addons contribute, in order."""

    def __init__(self, *found: tuple[str, Any]) -> None:
        self.found = found

    def pages(self, enabled: frozenset[str]) -> list[tuple[str, Any]]:
        return [pair for pair in self.found if pair[0] in enabled]


BASE: list[tuple[str, Any]] = [
    ("customer", page)
    for page in (
        nodes.ListPage(
            model=Customer,
            columns=("name", "level", "phone"),
            filters=("level", "status"),
            quick_filters={"mine": ("Mine", ()), "late": ("Late", ())},  # type: ignore[dict-item]
        ),
        nodes.FormPage(
            model=Customer,
            sections=(
                nodes.Section(key="main", label="Main", fields=("name", "level")),  # type: ignore[arg-type]
                nodes.Section(key="more", label="More", fields=("phone",)),  # type: ignore[arg-type]
            ),
        ),
        nodes.DetailPage(
            model=Customer,
            header=("owner_id", "phone"),
            pills=("level",),
            side=(nodes.Section(key="facts", label="Facts", fields=("phone",)),),  # type: ignore[arg-type]
        ),
        nodes.MenuGroup(key="sales", label="Sales", icon="a", position=1),  # type: ignore[arg-type]
        nodes.MenuGroup(key="office", label="Office", icon="a", position=2),  # type: ignore[arg-type]
        nodes.Menu(group="sales", key="customer", label="Customers", model=Customer),  # type: ignore[arg-type]
        nodes.Card(key="today", label="Today", model=Customer, position=5),  # type: ignore[arg-type]
    )
]


@pytest.fixture(scope="module", autouse=True)
def translations() -> Iterator[None]:
    """Those of core: no site is opened here, which would load them. Others find theirs again."""
    kept = {locale: dict(messages_of(locale)) for locale in i18n.LOCALES}
    load_catalogues([Path(core.__file__).parent / "translations"])
    yield
    i18n._messages.update(kept)


def made(*added: Any, by: str = "extra", off: str = "") -> Catalogue:
    registry: Any = Contributions(*BASE, *((by, node) for node in added))
    return build(registry, frozenset({"base", "customer", by}) - {off})


def action(key: str, **options: Any) -> nodes.Action:
    return nodes.Action(key=key, model=Customer, label=key, run=lambda *_: None, grant="edit", **options)  # type: ignore[arg-type]


def test_hide_leaves_things_out_of_every_place() -> None:
    places = [
        ("customer.list", "level"),
        ("customer.list.filters", "status"),
        ("customer.list.quick", "late"),
        ("customer.form", "more"),
        ("customer.form.main", "level"),
        ("customer.detail.header", "phone"),
        ("customer.detail.pills", "level"),
        ("customer.detail.side", "facts"),
        ("customer.detail.tabs", "history"),
        ("customer.actions", "delete"),
        ("menu.sales", "customer"),
        ("menu", "office"),
        ("home", "today"),
    ]

    catalogue = made(*(nodes.Hide(place=place, name=name) for place, name in places))

    pages = catalogue.of(Customer)
    assert pages.listing
    assert pages.form
    assert pages.detail
    assert pages.listing.columns == ("name", "phone")
    assert pages.listing.filters == ("level",)
    assert list(pages.listing.quick_filters) == ["mine"]
    assert [(s.key, s.fields) for s in pages.form.sections] == [("main", ("name",))]
    assert (pages.detail.header, pages.detail.pills, list(pages.panels)) == (("owner_id",), (), [])
    assert [tab.key for tab in pages.tabs] == ["timeline", "details", "collaborators"]
    assert "delete" not in pages.actions
    assert "assign" in pages.actions
    assert (catalogue.menu, catalogue.cards) == ([], [])
    assert [group.key for group in catalogue.groups] == ["sales"]
    assert catalogue.warnings == ()


def test_move_puts_things_elsewhere() -> None:
    catalogue = made(
        action("call"),
        nodes.Card(key="extra", label="Extra", model=Customer, position=9),  # type: ignore[arg-type]
        nodes.Move(place="customer.list", name="phone", before="name"),
        nodes.Move(place="customer.list.filters", name="level", after="status"),
        nodes.Move(place="customer.form", name="more", before="main"),
        nodes.Move(place="customer.form.main", name="level", to="customer.form.more", before="phone"),
        nodes.Move(place="customer.detail.tabs", name="history", before="timeline"),
        nodes.Move(place="customer.actions", name="call", after="delete"),
        nodes.Move(place="menu.sales", name="customer", to="menu.office"),
        nodes.Move(place="menu", name="office", before="sales"),
        nodes.Move(place="home", name="extra", before="today"),
    )

    pages = catalogue.of(Customer)
    assert pages.listing
    assert pages.form
    assert pages.listing.columns == ("phone", "name", "level")
    assert pages.listing.filters == ("status", "level")
    assert [(s.key, s.fields) for s in pages.form.sections] == [("more", ("level", "phone")), ("main", ("name",))]
    assert [tab.key for tab in pages.tabs] == ["history", "timeline", "details", "collaborators"]
    assert list(pages.actions)[-1] == "call"
    assert [(node.group, node.key) for node in catalogue.menu] == [("office", "customer")]
    assert [group.key for group in catalogue.groups] == ["office", "sales"]
    assert [card.key for card in catalogue.cards] == ["extra", "today"]


def test_relabel_calls_things_something_else() -> None:
    places = [
        ("customer.list", "phone"),
        ("customer.list.filters", "level"),
        ("customer.list.quick", "mine"),
        ("customer.form", "main"),
        ("customer.form.main", "name"),
        ("customer.detail.side", "facts"),
        ("customer.detail.tabs", "timeline"),
        ("customer.actions", "delete"),
        ("menu", "sales"),
        ("menu.sales", "customer"),
        ("home", "today"),
    ]

    catalogue = made(*(nodes.Relabel(place=place, name=name, label="New") for place, name in places))  # type: ignore[arg-type]

    pages = catalogue.of(Customer)
    assert pages.listing
    assert pages.form
    assert (pages.listing.labels, pages.listing.filter_labels) == ({"phone": "New"}, {"level": "New"})
    assert pages.listing.quick_filters["mine"][0] == "New"
    assert (pages.form.sections[0].label, pages.form.sections[0].labels) == ("New", {"name": "New"})
    assert [panel.label for panel in pages.panels] == ["New"]
    assert pages.tabs[0].label == pages.actions["delete"].label == catalogue.groups[0].label == "New"
    assert catalogue.menu[0].label == catalogue.cards[0].label == "New"


def test_section_is_added_to_another_addons_form() -> None:
    catalogue = made(
        nodes.Section(place="customer.form", key="loyal", label="Loyal", fields=("tags",), after="main"),  # type: ignore[arg-type]
        nodes.FormField(place="customer.form.loyal", name="note"),
    )

    form = catalogue.of(Customer).form
    assert form is not None
    assert [(s.key, s.fields) for s in form.sections] == [
        ("main", ("name", "level")),
        ("loyal", ("tags", "note")),
        ("more", ("phone",)),
    ]


def test_tabs_and_actions_of_addons_come_before_those_that_every_record_has_at_the_end() -> None:
    tab = nodes.Tab(place="customer.detail.tabs", key="extra", label="Extra")  # type: ignore[arg-type]

    pages = made(tab, action("call"), action("first", before="call")).of(Customer)

    assert [tab.key for tab in pages.tabs] == ["timeline", "details", "extra", "history", "collaborators"]
    assert list(pages.actions) == ["edit", "first", "call", "assign", "share", "unshare", "delete"]


def test_edit_is_hidden_moved_and_relabelled_like_any_action() -> None:
    place = "customer.actions"
    label: Any = "Correct"

    def actions(*altered: nodes.Alteration) -> list[tuple[str, str]]:
        return [(a.key, str(a.label)) for a in made(action("call"), *altered).of(Customer).actions.values()][:2]

    assert actions() == [("edit", "Edit"), ("call", "call")]
    assert actions(nodes.Relabel(place=place, name="edit", label=label)) == [("edit", "Correct"), ("call", "call")]
    assert actions(nodes.Move(place=place, name="edit", after="call")) == [("call", "call"), ("edit", "Edit")]
    assert actions(nodes.Hide(place=place, name="edit"))[0] == ("call", "call")


@pytest.mark.parametrize(
    ("node", "place", "text"),
    [
        (
            nodes.Column(place="customer.list", name="tags", after="levle"),
            "customer.list",
            "There is no “levle”, so “tags” goes to the end. There are: name, level, phone, tags",
        ),
        (
            nodes.Hide(place="customer.list", name="x"),
            "customer.list",
            "There is no “x”. There are: name, level, phone",
        ),
        (
            nodes.Move(place="customer.list", name="level", before="x"),
            "customer.list",
            "There is no “x”, so “level” goes to the end. There are: name, phone",
        ),
        (
            nodes.Move(place="customer.form.main", name="level", to="customer.list"),
            "customer.form.main",
            "“level” cannot go to “customer.list”.",
        ),
        (nodes.Column(place="customer.list", name="points"), "customer.list", "Customer has no field “points”."),
        (
            nodes.FormField(place="customer.form.mian", name="tags"),
            "customer.form.mian",
            "There is no such place; it goes to customer.form.more. There are: customer.list, ",
        ),
        (
            nodes.Tab(place="contact.detail.tabs", key="x", label="X"),  # type: ignore[arg-type]
            "contact.detail.tabs",
            "There is no such place. There are: customer.list, ",
        ),
        (
            nodes.Menu(group="odd", key="x", label="X", model=Contact),  # type: ignore[arg-type]
            "menu.odd",
            "There is no such place; it goes to menu.office. There are: menu, menu.sales, menu.office",
        ),
    ],
)
def test_what_cannot_be_done_is_a_warning(node: Any, place: str, text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        catalogue = made(node)

    assert len(catalogue.warnings) == 1
    warning = catalogue.warnings[0]
    assert (warning.addon, warning.place) == ("extra", place)
    with use_locale("en"):
        assert str(warning.text).startswith(text)
        assert caplog.messages == [f"The addon extra: {place}: {warning.text}"]
    with use_locale("zh_Hant_TW"):
        assert re.search("沒有|不能", str(warning.text))


def test_warning_is_logged_once_for_all_sites(caplog: pytest.LogCaptureFixture) -> None:
    registry: Any = Contributions(*BASE, ("extra", nodes.Hide(place="customer.list", name="x")))

    with caplog.at_level(logging.WARNING):
        build(registry, frozenset({"customer", "extra"}))
        build(registry, frozenset({"customer", "extra", "other"}))

    assert len(caplog.messages) == 1


def test_place_of_an_addon_that_is_off_is_no_warning() -> None:
    registry: Any = Contributions(*BASE, ("extra", nodes.Hide(place="customer.list", name="level")))

    assert build(registry, frozenset({"extra"})).warnings == ()


def test_field_of_a_section_that_is_not_there_goes_to_the_last() -> None:
    form = made(nodes.FormField(place="customer.form.mian", name="tags")).of(Customer).form

    assert form is not None
    assert form.sections[-1].fields == ("phone", "tags")


def test_origins_know_who_brought_what() -> None:
    catalogue = made(
        nodes.Column(place="customer.list", name="tags"),
        nodes.Html(place="customer.detail", key="hello", render=lambda env, **_: Markup("")),
        nodes.Hide(place="customer.list", name="phone"),
    )

    origins = catalogue.origins
    assert origins["customer.list", "tags"] == origins["customer.detail", "hello"] == "extra"
    assert (
        origins["customer.list", "name"]
        == origins["customer.form", "main"]
        == origins["customer.list", ""]
        == "customer"
    )
    assert origins["customer.detail.tabs", "history"] == "core"
    assert ("customer.list", "phone") not in origins
    assert [(a.addon, a.what, a.place, a.name) for a in catalogue.alterations] == [
        ("extra", "Hide", "customer.list", "phone")
    ]


def test_a_place_of_all_models_is_that_of_each_which_has_it(caplog: pytest.LogCaptureFixture) -> None:
    contacts: list[tuple[str, Any]] = [("customer", nodes.ListPage(model=Contact, columns=("name",)))]
    panel = nodes.Panel(place="*.detail.side", key="trail", label="Trail", fields=("name",))  # type: ignore[arg-type]
    html = nodes.Html(place="*.detail", key="box", render=lambda env, record: Markup("box"))
    lost = nodes.Panel(place="*.detail.cellar", key="lost", label="Lost", fields=("name",))  # type: ignore[arg-type]
    added = [("extra", panel), ("extra", html), ("extra", lost)]

    found = build(Contributions(*BASE, *contacts, *added), frozenset({"customer", "extra"}))  # type: ignore[arg-type]

    assert [panel.key for panel in found.models["customer"].panels] == ["facts", "trail"]
    assert found.models["contact"].panels == []
    assert sorted(found.html) == ["contact.detail", "customer.detail"]
    assert [(w.addon, w.place) for w in found.warnings] == [("extra", "*.detail.cellar")]
