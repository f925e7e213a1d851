"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from core import api, reference
from core.cli import COMMANDS
from core.config_source import ENVIRONMENT
from core.orm.field import Kind


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.build()


def test_reference_is_up_to_date(pages: dict[str, str]) -> None:
    stale = reference.stale(reference.FOLDER, pages)

    assert stale == [], "Run: 9kcrm reference"


def test_reference_is_the_same_each_time(pages: dict[str, str]) -> None:
    assert reference.build() == pages


def test_reference_write_repairs_the_folder(pages: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "hooks.md").write_text("old", "utf-8")
    (tmp_path / "gone.md").write_text("nobody writes this any more", "utf-8")

    changed = reference.write(tmp_path)

    assert set(changed) == {*pages, "gone.md"}
    assert reference.stale(tmp_path, pages) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_reference_names_each_command(pages: dict[str, str], command: str) -> None:
    assert f"## 9kcrm {command}\n" in pages["commands.md"]


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_reference_names_each_variable(pages: dict[str, str], variable: str) -> None:
    assert f"| `{variable}` |" in pages["settings.md"]


@pytest.mark.parametrize("kind", Kind)
def test_reference_names_each_kind(pages: dict[str, str], kind: Kind) -> None:
    assert f"| `{kind.value}` |" in pages["fields.md"]


def test_a_changed_signature_shows(monkeypatch: pytest.MonkeyPatch, pages: dict[str, str]) -> None:
    def toast(text: str, *, loudly: bool = True) -> None:
        """Says it."""

    monkeypatch.setattr(api, "toast", toast)

    now = reference.build()["api.md"]

    assert "toast(text: Text | str, tone: Tone = …, *, undo_url: str = …) -> None" in pages["api.md"]
    assert "toast(text: str, *, loudly: bool = …) -> None" in now


@pytest.mark.parametrize(
    "line",
    [
        "class Records(Generic)",
        "    update(record: M, values: Mapping[str, Any], *, version: int | None = …) -> M",
        "_(message: str, /, **arguments: Any) -> Text",
        "    icon: str = …",
        "    READ = 'read'",
        "## `core.orm.ddl`",
    ],
)
def test_the_surface_is_shown_with_its_signatures(pages: dict[str, str], line: str) -> None:
    assert line in pages["api.md"].splitlines()


def test_public_names_exist() -> None:
    missing = [name for name in api.__all__ if not hasattr(api, name)]

    assert missing == []
    assert api.__all__ == sorted(set(api.__all__), key=api.__all__.index)
