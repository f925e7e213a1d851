"""Typesetting: what a template gets, and that it can neither reach nor use up anything."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.printing import engine, fonts
from core.printing.engine import IN_REQUEST, OWN, typeset
from core.printing.errors import FontsMissing, PrintBusy, PrintFailed, PrintTooLarge
from tests.core.printing import reading

SHORT = replace(IN_REQUEST, seconds=3)


def document(*records: dict[str, Any], **about: Any) -> dict[str, Any]:
    return {
        "title": "Sheet",
        "company": {"name": "宏岳自動化", "lines": [], "logo": None, "accent": "#2f5fd0"},
        "language": {**fonts.language("zh_Hant_TW"), "fonts": fonts.families("zh_Hant_TW")},
        "printed": {"text": "by me"},
        "words": {"page": "{page}/{pages}"},
        "records": list(records) or [record()],
        **about,
    }


def record(**fields: str) -> dict[str, Any]:
    told = [{"name": n, "label": n, "text": t, "is-long": len(t) > 60} for n, t in fields.items()]
    return {
        "kind": "Machine",
        "name": "台榮精密",
        "number": "M0001",
        "pills": [],
        "fields": {field["name"]: field for field in told},
        "sections": [{"label": "", "fields": told}] if told else [],
        "tables": [],
        "added": {},
    }


def of(folder: Path, source: str, **options: Any) -> bytes:
    (folder / "own.typ").write_text(source, "utf-8")
    return typeset(folder, "own.typ", document(), **{"limits": SHORT} | options)


def test_typeset_embeds_the_fonts_it_needs() -> None:
    made = typeset(OWN, "record.typ", document(record(note="台榮 靐 😀")))

    assert "台榮靐😀" in reading.text(made)
    assert reading.fonts(made) == {"NotoSansTC-Regular", "NotoSansTC-Bold", "NotoSansSC-Regular", "NotoEmoji-Regular"}


def test_typeset_draws_what_no_font_has() -> None:
    made = typeset(OWN, "record.typ", document(record(note="a\U00030000\ue000\u0007z")))

    assert "M0001" in reading.text(made)


def test_typeset_counts_the_pages_of_each_record() -> None:
    long = record(note="\n".join(f"line {number}" for number in range(70)))

    found = reading.pages(typeset(OWN, "record.typ", document(long, record())))

    assert [page[-3:] for page in found] == ["1/2", "2/2", "1/1"]


@pytest.mark.parametrize(
    "value",
    [
        '#import "@preview/cetz:0.3.0": *',
        '#read("/etc/passwd")',
        "#panic()",
        "\"quotes\" 'and' \\ $x^2$ *bold* _thin_ `raw` @ref <label> // no comment /* none */ https://a.b",
        "= no heading\n- no list\n/ no: term",
        "#{while true {}}",
        "{page}",
    ],
)
def test_typeset_prints_values_as_they_are(value: str) -> None:
    made = typeset(OWN, "record.typ", document({**record(note=value), "name": value}), limits=SHORT)

    assert reading.text(made).count(reading.squeezed(value)) >= 2


def test_typeset_breaks_words_that_have_no_end() -> None:
    made = typeset(OWN, "record.typ", document({**record(note="x" * 5000), "name": "y" * 400}), limits=SHORT)

    found = reading.pages(made)
    assert sum(page.count("x") for page in found) == 5000
    # One of the letters is in the foot.
    assert found[0].count("y") == 401


def test_typeset_takes_ten_thousand_lines() -> None:
    made = typeset(OWN, "record.typ", document(record(note="\n".join(map(str, range(10_000))))))

    found = reading.pages(made)
    assert len(found) > 100
    assert "9999" in found[-1]


@pytest.mark.parametrize(
    "reads",
    [
        'read("/etc/hostname")',
        'read("../../../../../../etc/hostname")',
        'read("link.txt")',
        'read("/main.typ/../../x")',
    ],
)
def test_typeset_keeps_templates_inside_their_folder(reads: str, tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "link.txt").symlink_to("/etc/hostname")

    with pytest.raises(PrintFailed) as raised, caplog.at_level(logging.ERROR):
        of(tmp_path, f"#let document(record, about) = {reads}")

    assert "A template cannot be typeset." in caplog.text
    assert "/tmp/" not in str(raised.value.details)


def test_typeset_fetches_nothing(tmp_path: Path) -> None:
    started = time.monotonic()

    with pytest.raises(PrintFailed):
        of(tmp_path, '#import "@preview/cetz:0.3.0"\n#let document(record, about) = []')

    assert time.monotonic() - started < 10


def test_typeset_hands_templates_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "terms.txt").write_text("Payment within 30 days", "utf-8")

    made = of(tmp_path, '#let document(record, about) = read("parts/terms.txt")')

    assert "Paymentwithin30days" in reading.text(made)


def test_typeset_says_where_a_template_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(PrintFailed) as raised:
        of(tmp_path, "#let document(record, about) = record.nothing")

    assert "own.typ:1" in raised.value.details["where"]


@pytest.mark.parametrize(
    "body",
    [
        "{ for a in range(100000) { for b in range(100000) { } } }",
        '{ let s = "x"; for n in range(60) { s = s + s }; s }',
        "{ for n in range(2000000) { pagebreak(); [x] } }",
    ],
    ids=["loop", "memory", "pages"],
)
def test_typeset_stops_what_has_no_end(body: str, tmp_path: Path) -> None:
    started = time.monotonic()

    with pytest.raises((PrintTooLarge, PrintFailed)):
        of(tmp_path, f"#let document(record, about) = {body}", limits=replace(SHORT, memory_mb=1024))

    assert time.monotonic() - started < 15


def test_typeset_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    typeset(OWN, "record.typ", document())

    assert list(tmp_path.iterdir()) == []


def test_only_one_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAIT_SECONDS", 60.0)
    monkeypatch.setattr(engine, "SHORT_SECONDS", 0.01)
    for _ in range(engine.AT_ONCE):
        engine._turn.acquire()
    made: list[bytes] = []
    first = threading.Thread(target=lambda: made.append(typeset(OWN, "record.typ", document())))
    first.start()
    try:
        while engine._line.acquire(blocking=False):
            engine._line.release()
            time.sleep(0.01)

        with pytest.raises(PrintBusy):
            typeset(OWN, "record.typ", document())
    finally:
        for _ in range(engine.AT_ONCE):
            engine._turn.release()
        first.join(30)

    assert [content[:5] for content in made] == [b"%PDF-"]


def test_typeset_takes_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.01)
    for _ in range(engine.AT_ONCE):
        engine._turn.acquire()
    try:
        with pytest.raises(PrintBusy):
            typeset(OWN, "record.typ", document())
    finally:
        for _ in range(engine.AT_ONCE):
            engine._turn.release()


def test_typeset_says_how_to_get_missing_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)

    with pytest.raises(FontsMissing, match="make assets"):
        typeset(OWN, "record.typ", document())


def test_a_long_word_breaks_and_is_copied_as_it_was_typed() -> None:
    address = "service-" + "a" * 150 + "@example.com"

    lines = reading.lines(typeset(OWN, "record.typ", document(record(email=address))))

    assert address not in lines
    assert address in "".join(lines)
