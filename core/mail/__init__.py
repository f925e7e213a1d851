"""Messages to people: written in a transaction, sent by a job."""

from core.mail.messages import send

__all__ = ["send"]
