"""Which machine this is, so that a claim left by a dead process of ours is recognised at once."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


@cache
def this_machine() -> str:
    """A name for this boot of this machine and, in a container, for its process numbers."""
    parts = [socket.gethostname()]
    for source in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        path = Path(source)
        try:
            parts.append(os.readlink(path) if path.is_symlink() else path.read_text("ascii").strip()[:8])
        except OSError:
            # Not Linux: the host's name has to do, and the lease covers the rest.
            continue
    return "/".join(parts).replace(":", "")


def is_gone(claim: str) -> bool:
    """Whether the process that holds the claim ran here and has ended. Elsewhere only its lease can tell."""
    machine, _, rest = claim.partition(":")
    process = rest.partition(":")[0]
    if machine != this_machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
