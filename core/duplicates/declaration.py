"""How a model says by what its records are recognised: `__duplicates__ = (Likeness("phone", …), …)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.i18n import Text

LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Likeness:
    """Records that have the same key of this kind are probably the same.

    The key is what `key` makes of the value of any of `fields`, "" for one that says nothing. `label` is the reason
    as people read it. Whoever changes what `key` gives has the keys made anew by `9kcrm duplicates`.

    With `near`, somebody who types is also told of records whose key begins alike and of which `near(typed, stored)`
    says that people could mean the same by it; `near_label` is the reason then.
    """

    kind: str
    fields: Sequence[str]
    label: Text
    key: Callable[[str], str]
    near: Callable[[str, str], bool] | None = None
    near_label: Text | None = None

    def keys_in(self, values: Mapping[str, Any]) -> Iterator[str]:
        """The distinct keys of a record's values."""
        found = (self.key(str(values[name])) for name in self.fields if values.get(name))
        yield from dict.fromkeys(key[:LONGEST_KEY] for key in found if key)
