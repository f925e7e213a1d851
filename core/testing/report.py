"""Tests as a list of promises that are kept or broken, in place of pytest's own output."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest

from core.testing.contract import AddonContract

CHECKED = Path(__file__).with_name("contract") / "checked.py"
"""The contract for addons whose own tests do not have it."""

VARIABLE = "NINEKCRM_CHECKED_ADDON"
"""The environment variable that names the addon to it."""

WIDTH = 8
MOST_LINES, MOST_CHARACTERS = 6, 300
"""What is shown of a failure that is no advice."""


@dataclass
class Promise:
    """One test with all its variants: engines, models."""

    text: str
    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


class Report:
    """A pytest plugin that tells what is right and wrong, test by test."""

    def __init__(self) -> None:
        self._current: tuple[str, Promise] | None = None
        self._texts: dict[str, tuple[str, str, str]] = {}
        self.right = self.wrong = self.skipped = 0

    @property
    def summary(self) -> str:
        """How many promises are kept."""
        skipped = f", {self.skipped} not tested" if self.skipped else ""
        told = f"{self.right} right, {self.wrong} wrong{skipped}."
        return click.style(told, fg="red" if self.wrong else "green", bold=True)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silences pytest's own report."""
        config.pluginmanager.unregister(name="terminalreporter")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Runs the contract once: in the addon's own tests, which may say more of it, if it is there."""
        own = [item for item in items if _is_contract(item) and not _is_ours(item)]
        if own:
            items[:] = [item for item in items if not _is_ours(item)]
        for item in items:
            function: Any = getattr(item, "function", None)
            name = getattr(item, "originalname", "") or item.name
            said = name.removeprefix("test_").replace("_", " ").capitalize() + "."
            text = ((getattr(function, "__doc__", "") or "").strip().splitlines() or [said])[0]
            variant = item.name.removeprefix(name).strip("[]")
            self._texts[item.nodeid] = (item.nodeid.removesuffix(f"[{variant}]"), text, variant)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests that cannot even be read."""
        if report.failed:
            self._begin(report.nodeid, f"{report.nodeid} can be read.").failed[""] = report.longreprtext

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes note of one phase of one test."""
        key, text, variant = self._texts.get(report.nodeid, (report.nodeid, report.nodeid, ""))
        promise = self._begin(key, text)
        if report.failed:
            promise.failed[variant] = report.longreprtext
        elif report.skipped:
            promise.skipped[variant] = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        elif report.when == "call":
            promise.passed.append(variant)

    def pytest_sessionfinish(self) -> None:
        """Tells the last one."""
        self._tell()

    def _begin(self, key: str, text: str) -> Promise:
        if self._current is None or self._current[0] != key:
            self._tell()
            self._current = (key, Promise(text))
        return self._current[1]

    def _tell(self) -> None:
        if self._current is None:
            return
        promise, self._current = self._current[1], None
        if promise.failed:
            self.wrong += 1
            _line("wrong", "red", promise.text)
            for text in dict.fromkeys(promise.failed.values()):
                variants = [variant for variant, told in promise.failed.items() if told == text and variant]
                _detail(text, variants)
        elif promise.passed:
            self.right += 1
            _line("ok", "green", promise.text)
        else:
            self.skipped += 1
            _line("skipped", "yellow", promise.text)
        for reason in dict.fromkeys(promise.skipped.values()):
            click.echo(" " * WIDTH + reason.removeprefix("Skipped: "))


def _is_contract(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return cls is not None and issubclass(cls, AddonContract)


def _is_ours(item: pytest.Item) -> bool:
    return item.path == CHECKED


def _line(mark: str, colour: str, text: str) -> None:
    click.echo(click.style(f"{mark:<{WIDTH}}", fg=colour) + text)


def _detail(text: str, variants: list[str]) -> None:
    if variants:
        click.echo(" " * WIDTH + f"({', '.join(variants)})")
    for line in _telling(text.rstrip().splitlines()):
        click.echo(" " * WIDTH + line)


def _telling(lines: list[str]) -> list[str]:
    """Advice as it is; of a traceback what was raised, and where."""
    if any("→" in line for line in lines):
        return lines
    raised = [line[1:].strip() for line in lines if line.startswith("E ")]
    shown = [line for line in raised if line][:MOST_LINES] or lines[-MOST_LINES:]
    return [line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]} …" for line in [*shown, lines[-1]]]
