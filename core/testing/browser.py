"""The Chromium that browser tests drive, and the server that it talks to. As a program: finds Chromium, or installs
it where that is possible.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")

ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Keeps the browser from talking to its maker during tests."""


def chromium() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, else one of the system's."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def launch_options() -> dict[str, object]:
    """Playwright's options for it."""
    # As root Chromium refuses to run inside its own sandbox.
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": chromium(), "args": [*ARGUMENTS, *sandbox]}


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serves the app on a free port of this machine, from a thread; gives its address."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        """Leaves the log to what is tested."""

        def log(self, type: str, message: str, *args: object) -> None:
            """Nothing."""

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, name="server of browser tests", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> int:
    """Installs Chromium if it is missing and we may; otherwise says what to install."""
    if chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        commands = (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
        )
        for command in commands:
            done = subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
            if done.returncode:
                break
        if chromium():
            return 0
    print(
        "Chromium is missing, and browser tests need it. Install it (Debian: apt-get install chromium; "
        "macOS: brew install --cask chromium) or name it: CHROMIUM=/path/to/chromium",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
