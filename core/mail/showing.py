"""What people read of a message's state."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import Text, _
from core.mail.models import MessageState
from core.pages.views import Tone

STATES: Mapping[str, tuple[Text, Tone]] = {
    MessageState.FAILED.value: (_("Failed"), "negative"),
    MessageState.KEPT.value: (_("Kept"), "warning"),
    MessageState.QUEUED.value: (_("Waiting"), "neutral"),
    MessageState.SENT.value: (_("Sent"), "positive"),
}
