"""Under which names the site answers, and the address that links in mail begin with."""

from __future__ import annotations

import logging
import socket
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import SecurityError

from core.config import Settings
from core.errors import BadRequest, Conflict
from core.i18n import _

log = logging.getLogger(__name__)


class UnknownHost(BadRequest):
    """The request was made under a name that this site does not know."""

    code = "unknown_host"
    default = _("This site is not known under this name. An administrator can set server.public_url.")


class NoPublicAddress(Conflict):
    """A link in mail would begin with an address that only the sender of the request vouches for."""

    code = "no_public_address"
    default = _("This site cannot send links by mail yet. Please ask an administrator for a new password.")


def check_host() -> None:
    """Raises `UnknownHost` for names that are not ours, so that nobody can make links that lead elsewhere.

    Addresses, names of this machine and the host of `server.public_url` are known.
    """
    if request.path == "/healthz":
        return
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except (SecurityError, ValueError) as error:
        raise UnknownHost() from error
    settings: Settings = current_app.config["SITE"].settings
    if not (_is_address(host) or host.lower() in _known(settings)):
        raise UnknownHost()


def base_url() -> str:
    """What links on a page begin with: the configured address, else the one that this request was made to.

    Not for mail, whose reader is somebody else than who made the request: see `mail_url`.
    """
    public: str | None = current_app.config["SITE"].settings.public_url
    return public or request.host_url.rstrip("/")


def mail_url() -> str:
    """What links in mail begin with: the configured address, else a name that is this machine's own.

    Raises `NoPublicAddress` for any other: whoever asks for a link could have it lead to a machine of theirs.
    """
    settings: Settings = current_app.config["SITE"].settings
    host = (urlsplit(f"//{request.host}").hostname or "").lower()
    if settings.public_url or _is_loopback(host) or host in _known(settings):
        return base_url()
    log.warning("A link by mail to %s was refused: set server.public_url to the address of this site.", host)
    raise NoPublicAddress()


def is_local(target: str) -> bool:
    """Whether `target` is a path on this site, fit to be redirected to."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    if any(character < " " or character in "\\\x7f" for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


@cache
def _known(settings: Settings) -> frozenset[str]:
    names = {"localhost", settings.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
    if settings.public_url:
        names.add((urlsplit(settings.public_url).hostname or "").lower())
    # Listening everywhere is not a name of this machine.
    return frozenset(names - {"", "0.0.0.0", "::"})


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
