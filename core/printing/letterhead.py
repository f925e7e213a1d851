"""Who sends a document: the company's name, how to reach it, its logo and colour, from the settings."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PIL import Image

from core.errors import NotFound
from core.files.attachments import by_id
from core.files.models import COMPANY
from core.files.store import path_of
from core.i18n import _, colon

if TYPE_CHECKING:
    from core.env import Env

ACCENT = "#2f5fd0"
LOGO = "logo.png"
LOGO_PIXELS = 1200
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def letterhead(env: Env, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The company as templates know it, in the reader's language. `files` are those that go with the document."""
    colour = str(env.setting("company.accent") or "")
    said = {name: str(env.setting(f"company.{name}") or "") for name in _SAID}
    number = said["business_number"]
    lines = [f"{_('Unified business number')}{colon()}{number}"] if number else []
    reach = "　".join(said[name] for name in ("phone", "email") if said[name])
    return {
        "name": str(env.setting("company.name") or "9KCRM"),
        **said,
        "lines": [*lines, *(line for line in (said["address"], reach, said["website"]) if line)],
        "logo": LOGO if LOGO in files else None,
        "accent": colour if _COLOUR.fullmatch(colour) else ACCENT,
    }


_SAID = ("business_number", "address", "phone", "email", "website")


def logo(env: Env) -> dict[str, bytes]:
    """The company's logo, made anew in a size for paper: name of the file → content. Empty if there is none."""
    id = env.setting("company.logo")
    if not isinstance(id, int):
        return {}
    try:
        file = by_id(env, id)
        if file.model != COMPANY:
            return {}
        with Image.open(path_of(env.site.settings, file.sha256)) as picture:
            picture.thumbnail((LOGO_PIXELS, LOGO_PIXELS))
            made = io.BytesIO()
            picture.convert("RGBA").save(made, "PNG")
    except (NotFound, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        # A document without its logo is better than none.
        return {}
    return {LOGO: made.getvalue()}
