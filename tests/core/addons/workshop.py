"""Addons of all kinds, written into a folder for a test."""

from pathlib import Path
from textwrap import dedent

MODEL = """
from sqlalchemy import String
from sqlalchemy.orm import Mapped

from core.api import Everyone, Model, _, field


class {cls}(Model):
    __tablename__ = "{table}"
    __title__ = _("Thing")
    __title_plural__ = _("Things")
    __access__ = Everyone()

    name: Mapped[str] = field(String(40), label=_("Name"), required=True)
"""


def write(folder: Path, name: str, manifest: str = "", **files: str) -> Path:
    """An addon `name` with these files, `models="…"` for models.py and `templates__x_html` for templates/x.html."""
    addon = folder / name
    addon.mkdir(parents=True)
    (addon / "__init__.py").touch()
    toml = f'name = "{name}"\ntitle = "{name.title()}"\nversion = "1.0"\n'
    (addon / "addon.toml").write_text(toml + dedent(manifest), "utf-8")
    for key, text in files.items():
        path = addon / (key.replace("__", "/").replace("_html", ".html") + ("" if "_html" in key else ".py"))
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return addon
