"""The contract finds what is wrong with an addon, and says where and what to do."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Integer

from addons.customer.models import Contact, Customer
from core.addons.manifest import Manifest
from core.addons.registry import Addon
from core.i18n import Text
from core.pages.nodes import PrintTemplate
from core.site import Site
from core.testing import leaks
from core.testing.cast import Cast
from core.testing.contract import imports, printing, rows, switching, tables, templates, words
from core.testing.contract.problems import Problem, demand_none
from core.testing.contract.rows import Readers
from core.testing.factories import make as made
from core.testing.plugin import registry

MANIFEST = 'name = "machine"\ntitle = "Machines"\nversion = "0.1.0"\ndepends = ["base"]\n'


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """An addon's folder on disk, not installed."""
    folder = tmp_path / "machine"
    folder.mkdir()
    (folder / "addon.toml").write_text(MANIFEST, "utf-8")
    (folder / "__init__.py").touch()
    return Manifest.read(folder, "machine")


def write(manifest: Manifest, name: str, text: str) -> None:
    path = manifest.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("from core.orm.model import Model", "core.orm.model.Model, which is private"),
        ("import core.records", "core.records, which is private"),
        ("from addons.customer.models import Customer", "of the addon customer"),
    ],
)
def test_private_and_undeclared_imports_are_found(manifest: Manifest, line: str, what: str) -> None:
    write(manifest, "models.py", f'"""Models."""\n\n{line}\n')

    found = list(imports.forbidden_imports(manifest))

    assert [problem.where for problem in found] == [f"{manifest.path}/models.py:3"]
    assert what in found[0].what


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("models.py", "from core.api import Model"),
        ("models.py", "from .lists import LISTS"),
        ("models.py", "from addons.base.business_number import check_business_number"),
        ("views/people.py", "from ..models import Machine"),
        ("migrations/0001_tables.py", "from core.orm import ddl, types"),
        ("tests/test_models.py", "from core.orm.model import describe"),
    ],
)
def test_public_own_and_declared_imports_are_fine(manifest: Manifest, file: str, line: str) -> None:
    write(manifest, file, f"{line}\n")

    assert list(imports.forbidden_imports(manifest)) == []


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<script>alert(1)</script>", "holds a script"),
        ("<style>p {}</style>", "holds a style sheet"),
        ('<p\n  style="color: red">', "has a style attribute"),
        ('<button onclick="go()">', "has an event handler"),
        ('<a href="javascript:go()">', "has a script in an attribute"),
    ],
)
def test_code_inside_templates_is_found(manifest: Manifest, html: str, what: str) -> None:
    write(manifest, "templates/page.html", f"{{# a note #}}\n{html}\n")

    found = list(templates.inline_code(manifest.path))

    assert [problem.where for problem in found] == [f"{manifest.path}/templates/page.html:2"]
    assert found[0].what.startswith(what)


def test_clean_templates_pass(manifest: Manifest) -> None:
    html = '<script src="{{ asset("a.js") }}" type="module"></script>{{ "<b onclick=x>" }}<p class="style">only</p>'
    write(manifest, "templates/page.html", html)

    assert list(templates.inline_code(manifest.path)) == []


def test_a_module_that_fails_to_import_is_named(manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(manifest.path.parent)
    write(manifest, "odd.py", "1 / 0\n")

    found = list(imports.unimportable(manifest))

    assert [problem.where for problem in found] == [f"{manifest.path}/odd.py"]
    assert "ZeroDivisionError" in found[0].what


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("#let document(record, about) = record.name", ""),
        ("#let document(record, about) = record.nothing", "cannot be typeset of a record: error: dictionary does not"),
        ("#let document(record, about) = record.fields.phone.text", "cannot be typeset for a reader who sees no field"),
        (
            '#let document(record, about) = read("/etc/hostname")',
            "cannot be typeset of a record: error: file not found",
        ),
        ("", "cannot be typeset of a record: error: unresolved import"),
        (None, "has no file card.typ in print/"),
    ],
)
def test_templates_that_cannot_be_printed_are_named(
    source: str | None, what: str, manifest: Manifest, cast: Cast
) -> None:
    if source is not None:
        write(manifest, "print/card.typ", source)
    card = PrintTemplate(model=Customer, key="card", label=Text("Card"), source="card.typ")
    addon: Any = SimpleNamespace(manifest=manifest, contributed=lambda *_: [card])

    found = list(printing.unprintable(addon, cast, made))

    assert [str(problem.what)[: len(what)] for problem in found][:1] == ([what] if what else [])


def test_a_template_outside_its_folder_is_named(manifest: Manifest, cast: Cast) -> None:
    write(manifest, "card.typ", "#let document(record, about) = []")
    write(manifest, "print/other.typ", "")
    card = PrintTemplate(model=Customer, key="card", label=Text("Card"), source="../card.typ")
    addon: Any = SimpleNamespace(manifest=manifest, contributed=lambda *_: [card])

    assert [problem.what for problem in printing.unprintable(addon, cast, made)] == [
        "has no file ../card.typ in print/."
    ]


def test_a_text_without_translation_is_named_for_each_language(manifest: Manifest) -> None:
    write(manifest, "pages.py", 'LABEL = _("Machine tool")\n')

    found = [problem for problem in words.untranslated(manifest) if "“Machine tool”" in problem.what]

    assert [problem.where.split("/")[-3] for problem in found] == ["zh_Hant_TW", "zh_Hans_CN"]


def test_what_addon_toml_leaves_out_is_named(manifest: Manifest) -> None:
    assert [problem.what for problem in words.untold(manifest)] == ["category is missing.", "summary is missing."]


def test_what_has_no_docstring_is_named(manifest: Manifest) -> None:
    class Machines:
        def repair(self) -> None: ...

    Machines.__module__ = "addons.machine.services"
    addon = Addon(Manifest.read(manifest.path, "addons.machine"))
    addon.modules["services"] = SimpleNamespace(__name__="addons.machine.services", Machines=Machines)  # type: ignore[assignment]

    found = [problem.where for problem in words.undocumented(addon)]

    assert found == ["addons.machine.services.Machines", "addons.machine.services.Machines.repair"]


class Answers:
    """Somebody to whom everything is shown."""

    def get(self, url: str) -> Any:
        return SimpleNamespace(mimetype="text/html", status_code=200, get_data=lambda as_text: leaks.SECRET)

    def call(self, method: str, url: str, body: Any) -> Any:
        return SimpleNamespace(status_code=200)


def test_a_row_that_is_shown_to_everybody_is_found_on_every_path(cast: Cast) -> None:
    target = rows.hidden(cast, Customer, made)
    everybody: Any = Readers(lambda username: Answers(), lambda username: Answers())

    found = {problem.where: problem.what for problem in rows.leaked(cast, target, everybody)}

    assert found["GET /customer"] == "shows admin a Customer that the rule of its model keeps from them."
    expected = ("GET /customer", "GET /export/customer.xlsx", "GET /api/v1/customer", f"GET /customer/{target.id}/edit")
    assert [where for where in expected if where not in found] == []
    assert f"DELETE /api/v1/customer/{target.id}" in found


def test_a_row_that_its_owner_does_not_meet_is_found(cast: Cast, visit: Any, api: Any) -> None:
    target = rows.hidden(cast, Contact, made)
    nobody: Any = SimpleNamespace(
        get=lambda url: SimpleNamespace(mimetype="", status_code=404, get_data=lambda **k: "")
    )
    nobody.call = lambda *arguments: SimpleNamespace(status_code=404)

    found = [problem.what for problem in rows.leaked(cast, target, Readers(lambda u: nobody, lambda u: nobody))]

    assert "does not show a Contact to its owner." in found


def test_a_file_that_is_given_to_everybody_is_found(cast: Cast) -> None:
    target = rows.hidden(cast, Customer, made)
    stored = SimpleNamespace(status_code=201, json={"data": [{"url": "/file/1"}]})
    everybody: Any = SimpleNamespace(get=Answers().get, post=lambda *arguments, **headers: stored)

    found = [
        problem.what for problem in rows.leaked_files(cast, target, Readers(lambda u: everybody, lambda u: everybody))
    ]

    assert found[0] == "gives sales a file of a record that they may not read."


def test_a_column_that_the_migrations_lack_is_found(empty_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    column: Column[int] = Column("forgotten", Integer)
    table: Any = Contact.__table__
    table.append_column(column)
    try:
        found = _moved(empty_site)
    finally:
        table._columns.remove(column)

    assert "forgotten" in found[0].what
    assert "--addon customer" in found[0].remedy


def test_what_downgrade_leaves_behind_is_found(empty_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.orm.migrations.downgrade", lambda site, addon: None)

    assert "there is a table customer after downgrade()" in " ".join(problem.what for problem in _moved(empty_site))


def _moved(site: Site) -> list[Problem]:
    return list(tables.moved(site.settings, site.engine, registry(), "customer"))


def test_a_page_that_stays_while_the_addon_is_off_is_found(cast: Cast, app: Any) -> None:
    everybody: Any = Readers(lambda username: Answers(), lambda username: Answers())

    found = [p.where for p in switching.there_while_off(cast, registry().addon("customer"), app, everybody)]

    assert "GET /customer" in found
    assert "GET /api/v1/visit" in found


def test_a_page_of_others_that_breaks_is_found(cast: Cast) -> None:
    broken: Callable[[str], Any] = lambda username: SimpleNamespace(  # noqa: E731
        get=lambda url: SimpleNamespace(status_code=500)
    )

    found = list(switching.broken_while_off(cast, registry().addon("customer"), Readers(broken, broken)))

    assert found[0] == Problem("GET /", "answers sales with 500 while customer is off.", found[0].remedy)


def test_problems_read_like_advice() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"a\.py:3: imports x\.\n    → Import y\."):
        demand_none([Problem("a.py:3", "imports x.", "Import y.")])


def test_an_addon_that_is_not_installed_is_told() -> None:
    from core.testing.contract import _installed

    with pytest.raises(pytest.fail.Exception, match="No addon 'nothing' is installed"):
        _installed("nothing")
