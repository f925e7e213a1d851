"""Actions on records and lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.i18n import Text
from core.orm.field import Field
from core.orm.model import Model

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.views import Tone
    from core.workflow.decisions import Performed


@dataclass(frozen=True, slots=True)
class Changed:
    """What an action has changed of its record: field → [before, after], in the form of the API.

    An action on many records whose `run` returns it can be undone as a whole.
    """

    values: Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """Another record that an action has made, or that was there already: the API answers it in place of the action's.

    Pages go on to `url`, the record's own page if that is empty.
    """

    record: Model
    url: str = ""

    @property
    def address(self) -> str:
        """What a page shows next."""
        return self.url or f"/{self.record.key()}/{self.record.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done to one record: a button on its page, a bulk action if `bulk`, and an action of the API.

    `run(env, record, **arguments)` gets one clean value per field of `arguments` (asked for in a dialog, those named in
    `chips` with buttons, as in a `Composer`) and may return the address to show next, what
    came of a transition, what it has `Changed`, or another record that it has `Made`, of the model `makes`.
    Offered to those whom `grant` allows it on the record, if `when` says so.
    """

    key: str
    model: type[Model]
    label: Text
    run: Callable[..., str | Performed | Changed | Made | None]
    grant: str
    icon: str = ""
    arguments: Sequence[Field] = ()
    chips: Sequence[str] = ()
    confirm: Text | None = None
    done: Text | None = None
    when: Callable[[Env, Any], bool] | None = None
    is_primary: bool = False
    bulk: bool = False
    tone: Tone = "neutral"
    after: str = ""
    before: str = ""
    makes: type[Model] | None = None
    """The model of the record that `run` returns as `Made`."""
    takes_version: bool = False
    """Whether `run` takes `version` too, the one that the author saw, and checks it once the record is locked."""

    def perform(
        self, env: Env, record: Model, arguments: Mapping[str, Any], version: int | None
    ) -> str | Performed | Changed | Made | None:
        """Runs it. `version` is the one that the author saw, None where that is not known."""
        more = {"version": version} if self.takes_version else {}
        return self.run(env, record, **arguments, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAction:
    """An entry of the ⋯ menu of lists that leads to `url`, where `{model}` stands for the key of what is listed.

    Offered on the list of `model`, None for every list, to those with the action `grant` on what is listed. One that
    `is_primary` is a button of its own, as what makes a new record is.
    """

    key: str
    label: Text
    url: str
    grant: str
    icon: str = ""
    model: type[Model] | None = None
    is_primary: bool = False
