"""Templates of printed documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.i18n import Text
from core.orm.model import Model

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTemplate:
    """A document that a record can be printed as, for those with the grant `print` on it, if `when` says so.

    `source` is a file of the addon's folder `print/`, written in Typst; `words` are texts that it prints, translated
    for the reader, under `about.words`. `filename` may hold {name}, {number}, {label} and {date}. It stands in the
    place `<model>.print`, after core's own `record`, and may ask where to go; another addon can `Hide` or `Relabel` it.
    """

    model: type[Model]
    key: str
    label: Text
    source: str
    filename: Text | None = None
    words: Mapping[str, Text] = field(default_factory=dict)
    when: Callable[[Env, Any], bool] | None = None
    after: str = ""
    before: str = ""
