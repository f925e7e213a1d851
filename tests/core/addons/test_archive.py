"""The file that keeps what an addon has stored."""

import os
import zipfile
from pathlib import Path

import pytest

from core.addons import archive
from core.site import Site


def test_it_is_whole_on_the_disk_before_anybody_takes_the_data_away(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, names = tmp_path / "customer.zip", list[list[str]]()
    whole = os.fsync

    def reads(descriptor: int) -> None:
        whole(descriptor)
        with zipfile.ZipFile(target) as found:
            names.append(found.namelist())

    monkeypatch.setattr(os, "fsync", reads)
    with site.system("test", write=False) as env:
        archive.archive(env, "customer", target)

    assert [("customer.jsonl" in each, each[-1]) for each in names] == [(True, "manifest.json")]
