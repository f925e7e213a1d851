"""Templates of printed documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    languages: Sequence[str] = ()
    """Locales that it is offered in beside the reader's own, such as `en`."""
    more: Callable[[Env, Any], Mapping[str, Any]] | None = None
    """Gives the template plain data beside the fields, as `record.more`. It answers for what the reader may see."""
    when: Callable[[Env, Any], bool] | None = None
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """What the dialog that sends a record offers. `known`: address → whose it is; those in `to` are ticked."""

    known: Mapping[str, str] = field(default_factory=dict)
    to: Sequence[str] = ()
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Lets records of the model be sent by e-mail as PDF, by those with the grant `print` on them.

    `draft` says what the dialog offers, in the reader's language; `templates` are the keys of those to choose from,
    all that suit the record if empty. Offered if `when` says so. `sent(env, record)` is called in the transaction that
    stores the message, and may make the record's transition; what it raises keeps the message from being sent. What
    was sent may be opened by its sender, and by those with the grant who see all fields of the record and its parts,
    except for the `internal` ones, which no template prints.
    """

    model: type[Model]
    draft: Callable[[Env, Any], MailDraft]
    templates: Sequence[str] = ()
    when: Callable[[Env, Any], bool] | None = None
    sent: Callable[[Env, Any], None] | None = None
    internal: Sequence[str] = ()
