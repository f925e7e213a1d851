"""Messages to people: written in a transaction, sent by a job."""

from core.mail.addresses import BadAddress, TooManyAddresses
from core.mail.files import MailFile, MailTooLarge
from core.mail.messages import About, send

__all__ = ["About", "BadAddress", "MailFile", "MailTooLarge", "TooManyAddresses", "send"]
