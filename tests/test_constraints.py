"""The exact versions in constraints.txt go together: pip installs nothing at all where two of them do not."""

from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def _pinned() -> dict[str, str]:
    lines = (line.strip() for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def _asked(package: str) -> list[Requirement]:
    """What a package asks for on this system; nothing where it is not installed."""
    try:
        found = [Requirement(line) for line in requires(package) or ()]
    except PackageNotFoundError:
        return []
    return [each for each in found if each.marker is None or each.marker.evaluate({"extra": ""})]


def test_no_pinned_version_is_refused_by_a_package_that_needs_it() -> None:
    pinned = _pinned()

    refused = [
        f"{package} needs {each}, pinned is {pinned[canonicalize_name(each.name)]}"
        for package in (*pinned, "ninekcrm")
        for each in _asked(package)
        if canonicalize_name(each.name) in pinned
        and not each.specifier.contains(pinned[canonicalize_name(each.name)], prereleases=True)
    ]

    assert refused == []
