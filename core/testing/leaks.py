"""Looking for a secret on every path by which a row could reach somebody."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import quote

from core.orm.field import Field, Kind
from core.orm.model import ModelInfo
from core.pages.catalogue import ModelPages
from core.printing import engine

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from core.testing.web import ApiClient, Visitor

ASKED = "祕密機電"
"""What is searched and filtered for, so that only the rest of a secret tells that something was found."""

SECRET = f"{ASKED}股"
"""In the texts of the record that is looked for, and nowhere else."""


def text_of(answer: TestResponse) -> str:
    """All text of an answer, of a workbook as well."""
    if (answer.mimetype or "").endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return answer.get_data(as_text=True)


@dataclass(frozen=True, slots=True)
class Path:
    """One way to a record. `told` says that the owner must meet the secret there, or the path would prove nothing."""

    url: str
    told: bool = False
    is_call: bool = False
    is_record: bool = False
    """The record's own address, which is the same 404 as that of none for whoever may not see it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A stored record with the secret in `names`, its text fields, and the pages that its model has."""

    info: ModelInfo
    id: int
    pages: ModelPages | None
    names: Sequence[str]
    around: Sequence[tuple[str, int]] = field(default_factory=tuple)
    """(model, id) of records that it links to, on whose pages it may appear."""


def paths_to(target: Target) -> Iterator[Path]:
    """Every path of the product: pages, filters, sorting, search, look-up, export, print, API, history."""
    yield from _pages(target)
    yield from _calls(target)


def meets(visitor: Visitor, api: ApiClient, path: Path) -> bool:
    """Whether the reader met the secret there."""
    return SECRET in text_of(ask(visitor, api, path))


def ask(visitor: Visitor, api: ApiClient, path: Path) -> TestResponse:
    """The answer of a page, or of the API; of a document the data that it is made of."""
    with patch.object(engine, "typeset", _data):
        return api.get(path.url) if path.is_call else visitor.get(path.url)


def _data(folder: Any, source: str, data: Mapping[str, Any], **_options: Any) -> bytes:
    """In the place of the PDF: the same words, which one can search, in a fraction of the time."""
    return json.dumps(data, ensure_ascii=False).encode()


def secret_names(info: ModelInfo) -> list[str]:
    """The fields that take free text, and so the secret."""
    return [f.name for f in info.fields.values() if _takes(f) and (f.search or f.name == info.display or f.required)]


def _takes(spec: Field) -> bool:
    is_free = spec.kind in (Kind.TEXT, Kind.LONG_TEXT) and not spec.readonly and spec.check is None
    return is_free and (spec.max_length or len(SECRET)) >= len(SECRET)


def _pages(target: Target) -> Iterator[Path]:
    key, pages = target.info.key, target.pages
    found = f"?q={quote(ASKED)}"
    searched = bool(set(target.info.searched) & set(target.names))
    if pages is not None and pages.listing is not None:
        told = bool(set(pages.listing.columns) & set(target.names))
        yield Path(f"/{key}", told=told)
        yield Path(f"/{key}{found}", told=told and searched)
        yield from (Path(f"/{key}?{narrowed}", told=told) for narrowed in _narrowed(target))
        yield from (Path(f"/export/{key}.{kind}") for kind in ("csv", "xlsx"))
        yield Path(f"/export/{key}.csv{found}")
        yield Path(f"/print/{key}")
        yield Path(f"/print/{key}{found}")
        yield from (Path(f"/{key}/calendar{rest}") for rest in ("", found) if pages.calendar is not None)
        if pages.analysis is not None:
            yield from (Path(f"/{key}/analysis/{name}{found}") for name in pages.analysis.by)
    if pages is not None and pages.detail is not None:
        yield Path(f"/{key}/{target.id}", told=target.info.display in target.names, is_record=True)
        yield from (Path(f"/{key}/{target.id}/tab/{tab}") for tab in ("timeline", "details", "history", "files"))
        yield from (Path(f"/{key}/{target.id}/tab/{tab.key}") for tab in pages.tabs)
        yield from (Path(f"/{key}/compose{rest}") for rest in ("", found) if pages.detail.composer is not None)
        yield from (Path(f"/{key}/{target.id}/print?template={name}", is_record=True) for name in pages.templates)
        yield Path(f"/{key}/print?ids={target.id}")
    if pages is not None and pages.form is not None:
        yield Path(f"/{key}/{target.id}/edit")
        yield from (Path(f"/{key}/{target.id}/field/{name}") for name in target.names)
    yield Path(f"/lookup/{key}{found}")
    yield Path(f"/palette{found}")
    for model, id in target.around:
        around = ("", "/tab/timeline", f"/tab/{key}", "/tab/history", "/print", "/edit")
        yield from (Path(f"/{model}/{id}{rest}") for rest in around)
        # Parts come with their whole.
        yield from (Path(f"/{model}/{id}{rest}", is_call=True) for rest in ("", "/history"))


def _calls(target: Target) -> Iterator[Path]:
    key = target.info.key
    told = bool(target.names)
    yield Path(f"/{key}", told=told, is_call=True)
    yield Path(f"/{key}/{target.id}", told=told, is_call=True, is_record=True)
    yield Path(f"/{key}/{target.id}/history", is_call=True)
    yield Path(f"/{key}/{target.id}/print", is_call=True)
    yield Path(f"/{key}?q={quote(ASKED)}", told=bool(set(target.info.searched) & set(target.names)), is_call=True)
    yield from (Path(f"/{key}?{narrowed}", told=told, is_call=True) for narrowed in _narrowed(target))


def _narrowed(target: Target) -> Iterator[str]:
    for name in target.names:
        if target.info.fields[name].filter:
            yield f"filter={name}:contains:{quote(ASKED)}"
    for spec in target.info.fields.values():
        if spec.sort:
            yield f"sort={spec.name}"
            yield f"sort=-{spec.name}"


def links_of(info: ModelInfo, record: Any) -> list[tuple[str, int]]:
    """(model, id) of the records of business that this one links to."""
    found = [(f.target, getattr(record, f.name)) for f in info.fields.values() if f.kind is Kind.LINK]
    return [(model, id) for model, id in found if model and model != "user" and id is not None]
