"""The tutorial works as it is written: its commands and changes are carried out in an empty folder.

A comment before a block of code says what to do with it: `run`, `serve`, `file NAME`, `append NAME`, `translate NAME`,
`replace NAME: text`, `after NAME: "start of a line"`, `before …`. `see USER URL: text` looks at a page.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs" / "tutorial" / "addon.md"
STEP = re.compile(r"<!-- (\w+) ?([^\n]*?) ?-->\n(?:```\w+\n(.*?)```)?", re.DOTALL)
SEEN_WITHIN = 60


class Workshop:
    """An empty folder, a shell in it, and later the site that is served there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = {n: v for n, v in os.environ.items() if not n.startswith(("NINEKCRM_", "PYTEST_"))}
        self.environ |= {"PYTHONPATH": str(ROOT), "PORT": str(self.port), "PATH": f"{folder}/.bin:{os.environ['PATH']}"}
        # What the kit asks on each engine is asked of the product's own addons.
        self.environ["PYTEST_ADDOPTS"] = "-o ninekcrm_engines=sqlite"
        self.exports = ""
        self.server: subprocess.Popen[str] | None = None
        self._give_command()

    def _give_command(self) -> None:
        """`9kcrm` of this source tree, whatever is installed."""
        command = self.folder / ".bin" / "9kcrm"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from core.cli import main; main()" "$@"\n', "utf-8")
        command.chmod(0o755)

    def do(self, verb: str, what: str, text: str) -> None:
        getattr(self, f"_{verb}")(what, text)

    def _run(self, _what: str, text: str) -> None:
        done = subprocess.run(
            ["sh", "-e", "-c", self.exports + text],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, text + done.stdout + done.stderr
        self.exports += "".join(line + "\n" for line in text.splitlines() if line.startswith("export "))

    def _serve(self, _what: str, text: str) -> None:
        with (self.folder / "serve.log").open("w", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                ["sh", "-e", "-c", f"{self.exports}exec {text}"],
                cwd=self.folder,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.server.stdout is not None
        assert any("is ready at" in line for line in self.server.stdout), (self.folder / "serve.log").read_text("utf-8")

    def _file(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def _append(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(f"{path.read_text('utf-8')}\n\n{text}", "utf-8")

    def _replace(self, what: str, text: str) -> None:
        name, old = what.split(": ", 1)
        self._change(name, old, text.strip())

    def _after(self, what: str, text: str) -> None:
        name, line = self._line(what)
        self._change(name, f"{line}\n", f"{line}\n{text}")

    def _before(self, what: str, text: str) -> None:
        name, line = self._line(what)
        self._change(name, f"{line}\n", f"{text}{line}\n")

    def _line(self, what: str) -> tuple[str, str]:
        name, start = what.split(": ", 1)
        lines = (self.folder / name).read_text("utf-8").splitlines()
        return name, next(line for line in lines if line.startswith(start.strip('"')))

    def _change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        before = path.read_text("utf-8")
        assert old in before, f"{name} has no {old!r}"
        path.write_text(before.replace(old, new), "utf-8")

    def _translate(self, name: str, text: str) -> None:
        for source, translated in re.findall(r'(msgid ".*")\n(msgstr ".*")', text):
            self._change(name, f'{source}\nmsgstr ""', f"{source}\n{translated}")

    def _see(self, what: str, _text: str) -> None:
        place, wanted = what.split(": ", 1)
        username, url = place.split(" ")
        end, page = time.monotonic() + SEEN_WITHIN, ""
        while wanted not in page and time.monotonic() < end:
            page = self._page(username, url)
            time.sleep(0.2)
        assert wanted in page, f"{url}: {page}\n{(self.folder / 'serve.log').read_text('utf-8')}"

    def _page(self, username: str, url: str) -> str:
        """The page as that person reads it; "" while the site starts anew."""
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        browser.addheaders = [("Accept-Language", "en")]
        base = f"http://127.0.0.1:{self.port}"
        try:
            with browser.open(f"{base}/signin", timeout=10) as answer:
                token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
            form = {"csrf_token": token[1] if token else "", "username": username, "password": "demo"}
            browser.open(f"{base}/signin", urlencode(form).encode(), timeout=10).close()
            with browser.open(base + url, timeout=10) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            with error:
                return error.read().decode()
        except (URLError, OSError):
            return ""

    def end(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(30)
            if self.server.stdout is not None:
                self.server.stdout.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.end()
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell")
def test_the_tutorial_works_as_written(workshop: Workshop) -> None:
    steps = STEP.findall(TUTORIAL.read_text("utf-8"))
    assert len(steps) > 10

    for verb, what, text in steps:
        workshop.do(verb, what, text)


def test_the_tutorial_is_the_same_in_chinese() -> None:
    chinese = TUTORIAL.with_name("addon.zh-Hant.md")

    assert STEP.findall(chinese.read_text("utf-8")) == STEP.findall(TUTORIAL.read_text("utf-8"))
