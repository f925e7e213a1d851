"""Typesetting: a document's data and template into a folder of their own, and a limited process that makes the PDF."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.printing import fonts
from core.printing.errors import PrintBusy, PrintFailed, PrintTooLarge
from core.printing.process import FAILED

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
PROCESS = HERE / "process.py"
OWN = HERE / "print"
"""Core's own templates, and the building blocks that every template may import."""

AT_ONCE, WAIT_SECONDS, SHORT_SECONDS = 2, 15.0, 1.0
"""So many documents are typeset by one process of the site at the same time. One more waits for long and then gives up;
others soon do, since each keeps a thread and a connection from those who want no more than a page."""
_turn, _line = threading.BoundedSemaphore(AT_ONCE), threading.BoundedSemaphore(1)

LARGEST_TEMPLATE_MB = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take."""

    seconds: int = 20
    memory_mb: int = 2048
    file_mb: int = 40


IN_REQUEST, IN_JOB = Limits(), Limits(seconds=180, memory_mb=4096, file_mb=200)

_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    # Nobody listens there: whatever wants to fetch something fails at once.
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
}
"""All that the process learns of its surroundings; no secret of the site is among it."""


def typeset(
    folder: Path,
    source: str,
    data: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] | None = None,
    limits: Limits = IN_REQUEST,
) -> bytes:
    """The PDF of a template, `source` in `folder`, and its data.

    `files` are further files that it may show: name → content. Raises `PrintFailed`, `PrintTooLarge`, `PrintBusy`,
    `FontsMissing`.
    """
    known = fonts.folder()
    with _taking_turns(), tempfile.TemporaryDirectory(prefix="9kcrm-print-") as name:
        made = Path(name)
        _lay_out(made, folder, source, data, files or {})
        return _run(made, known, limits)


@contextmanager
def _taking_turns() -> Iterator[None]:
    is_first = _line.acquire(blocking=False)
    try:
        has_turn = _turn.acquire(timeout=WAIT_SECONDS if is_first else SHORT_SECONDS)
    finally:
        if is_first:
            _line.release()
    if not has_turn:
        raise PrintBusy()
    try:
        yield
    finally:
        _turn.release()


def _lay_out(made: Path, folder: Path, source: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Copies what the document is made of: the template cannot reach anything else."""
    _copy(folder, made / "template")
    (made / "print.typ").write_bytes((OWN / "print.typ").read_bytes())
    (made / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    for name, content in files.items():
        (made / name).write_bytes(content)
    head = (OWN / "main.typ").read_text("utf-8")
    (made / "main.typ").write_text(head.replace("$source", f"/template/{source}"), "utf-8")


def _copy(folder: Path, into: Path) -> None:
    """Copies the templates of an addon, without links, which could lead out of its folder."""
    left = LARGEST_TEMPLATE_MB * 1024 * 1024
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        left -= path.stat().st_size
        if left < 0:
            raise PrintFailed()
        target = into / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target, follow_symlinks=False)


def _run(made: Path, known: Path, limits: Limits) -> bytes:
    numbers = [str(limits.seconds), str(limits.memory_mb), str(limits.file_mb)]
    command = [sys.executable, "-I", str(PROCESS), str(made), str(known), *numbers]
    try:
        # Its own group, so that an interrupt of the server's terminal does not reach it.
        ended = subprocess.run(
            command,
            cwd=made,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds + 5,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrintTooLarge() from error
    if ended.returncode == FAILED:
        raise _explained(made)
    if ended.returncode != 0:
        log.warning("Typesetting ended with %s: %s", ended.returncode, ended.stderr[-2000:].decode("utf-8", "replace"))
        raise PrintTooLarge()
    return (made / "document.pdf").read_bytes()


def _explained(made: Path) -> PrintFailed:
    """The error of the template, with what and where for the log and for tests of templates."""
    told = json.loads((made / "error.json").read_text("utf-8"))
    where = str(told["where"]).replace(str(made), "")
    log.error("A template cannot be typeset. %s", where)
    return PrintFailed(reason=str(told["message"]).replace(str(made), ""), where=where)
