"""Reading printed documents."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader
from werkzeug.test import TestResponse


def pages(content: bytes) -> list[str]:
    """The text of each page, without white space, which a PDF does not keep as it was."""
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def text(content: bytes) -> str:
    """The text of the whole document, likewise."""
    return "".join(pages(content))


def lines(content: bytes) -> list[str]:
    """The lines of the document, as somebody copies them."""
    return [line for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().splitlines()]


def shown(answer: TestResponse) -> str:
    """The text of a PDF that was answered."""
    assert answer.status_code == 200, answer.get_data(as_text=True)[-600:]
    assert answer.mimetype == "application/pdf"
    return text(answer.data)


def squeezed(told: str) -> str:
    """The text without white space."""
    return re.sub(r"\s+", "", told)


def fonts(content: bytes) -> set[str]:
    """The names of the fonts that are embedded."""
    found = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            below = font.get_object()["/DescendantFonts"][0].get_object()
            described = below["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
            found.add(str(described["/FontName"]).partition("+")[2])
    return found
