"""Tables in files: CSV in any usual encoding and with any usual separator, and the sheets of XLSX files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, TextIO

from python_calamine import CalamineError, CalamineWorkbook

from core.exchange.imports.encodings import ENCODINGS, SAMPLE_BYTES, encoding_of
from core.exchange.imports.errors import TooLarge, Unreadable
from core.i18n import _

Cell = str | int | float | bool | date | datetime | None
"""What a cell holds: of a text file always text, of a spreadsheet what it was meant as."""

MOST_COLUMNS = 500
MOST_CHARACTERS = 200_000
"""In one cell."""

MOST_UNPACKED_BYTES = 512 * 1024 * 1024
MOST_PACKED = 2_000
"""Files within a spreadsheet, which is an archive."""

MOST_CELLS = 20_000_000
"""From the first cell of a sheet to the last: so many are held in memory, empty ones as well."""

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"""<c\b[^<>]{0,200}?\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_LONGEST_CELL = 256

HEADER_ROWS = 20
"""So many rows are looked at for the one with the heads."""

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a file, and how to read it. `sheet` names the sheet of a spreadsheet, "" for a text file.

    `header_row` counts from 1. What is not given is found out by `open_table`.
    """

    path: Path
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    heads: tuple[str, ...] = ()

    def rows(self, start: int = 0) -> Iterator[tuple[int, Sequence[Cell]]]:
        """(number of the row in the file, its cells) of each row under the heads that is not empty.

        `start` is the number of the last row that has been read before. Raises `Unreadable`, or `TooLarge`.
        """
        for number, cells in enumerate(_lines(self), 1):
            if number > max(start, self.header_row) and any(cell not in (None, "") for cell in cells):
                yield number, _fitted(cells, len(self.heads))


def open_table(path: Path, *, sheet: str = "", encoding: str = "", delimiter: str = "", header_row: int = 0) -> Table:
    """The table in the file. What is left out is found out from the file. Raises `Unreadable`, or `TooLarge`."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if encoding not in ("", *ENCODINGS) or delimiter not in ("", *DELIMITERS):
        raise Unreadable(_("The file cannot be read in this way."))
    if not sample.strip():
        raise Unreadable(_("This file is empty."))
    if zipfile.is_zipfile(path):
        table = _spreadsheet(path, sheet)
    else:
        found = encoding or encoding_of(sample)
        table = Table(path, encoding=found, delimiter=delimiter or _delimiter(sample.decode(found, "replace")))
    top = [list(row) for row in islice(_lines(table), HEADER_ROWS)]
    chosen = header_row or _header_row(top)
    if not 1 <= chosen <= len(top) or not any(cell not in (None, "") for cell in top[chosen - 1]):
        raise Unreadable(_("No row with the names of the columns was found."))
    return replace(table, header_row=chosen, heads=_heads(top[chosen - 1]))


def _spreadsheet(path: Path, sheet: str) -> Table:
    _check_archive(path)
    names = tuple(_workbook(path).sheet_names)
    if not names:
        raise Unreadable()
    return Table(path, sheets=names, sheet=sheet if sheet in names else names[0])


def _check_archive(path: Path) -> None:
    """A small archive may unpack to more than any memory holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable() from error
    if len(members) > MOST_PACKED or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise TooLarge(_("This spreadsheet unpacks to too much data. Save it as CSV and try again."))
    # An archive may lie about its sizes; the library reads no further than they say.
    _check_reach(path)


def _check_reach(path: Path) -> None:
    """Two cells in opposite corners of a sheet would make the library hold all cells between them."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if _SHEET.fullmatch(name)]
        if not sheets:
            # Other formats than XLSX repeat cells by number, which no look at the names of cells would tell.
            raise Unreadable()
        for name in sheets:
            with archive.open(name) as sheet:
                width, height = _reach(sheet)
            if width > MOST_COLUMNS:
                raise _too_wide(width)
            if width * height > MOST_CELLS:
                raise TooLarge(_("This spreadsheet unpacks to too much data. Save it as CSV and try again."))


def _reach(sheet: IO[bytes]) -> tuple[int, int]:
    """The last column and row that a cell of the sheet is in."""
    width = height = 0
    rest = b""
    while chunk := sheet.read(1024 * 1024):
        text = rest + chunk
        for letters, digits in _CELL.findall(text):
            width = max(width, _column(letters))
            height = max(height, int(digits))
        rest = text[-_LONGEST_CELL:]
    return width, height


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise Unreadable() from error


def _lines(table: Table) -> Iterator[Sequence[Cell]]:
    return _sheet_lines(table) if table.sheets else _text_lines(table)


def _sheet_lines(table: Table) -> Iterator[Sequence[Cell]]:
    try:
        sheet = _workbook(table.path).get_sheet_by_name(table.sheet)
        if sheet.width > MOST_COLUMNS:
            raise _too_wide(sheet.width)
        for row in sheet.iter_rows():
            yield [_plain(cell) for cell in row]
    except CalamineError as error:
        raise Unreadable() from error


def _plain(cell: str | int | float | bool | date | time | datetime | timedelta) -> Cell:
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    if isinstance(cell, timedelta):
        return str(cell)
    return cell[:MOST_CHARACTERS] if isinstance(cell, str) else cell


def _text_lines(table: Table) -> Iterator[Sequence[Cell]]:
    csv.field_size_limit(MOST_CHARACTERS)
    with table.path.open("r", encoding=table.encoding, errors="strict", newline="") as file:
        # Strict, so that a text whose closing mark is missing does not swallow the rest of the file.
        reader = csv.reader(_lines_of_text(file), delimiter=table.delimiter, strict=True)
        first = 1
        try:
            for row in reader:
                if len(row) > MOST_COLUMNS:
                    raise _too_wide(len(row))
                yield row
                first = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable(
                _("Line {line} cannot be read. Is a closing mark missing after a text?", line=first)
            ) from error
        except UnicodeError as error:
            raise Unreadable(
                _("The file is not in the chosen encoding (near line {line}).", line=reader.line_num + 1)
            ) from error


def _lines_of_text(file: TextIO) -> Iterator[str]:
    """The lines as they are. Raises `Unreadable` for zero bytes: a disk or a transfer has put them there."""
    for number, line in enumerate(file, 1):
        if "\0" in line:
            raise Unreadable(_("Line {line} holds what is no text. The file seems to be damaged.", line=number))
        yield line


def _too_wide(width: int) -> TooLarge:
    return TooLarge(_("The file has {width} columns; at most {most} can be taken in.", width=width, most=MOST_COLUMNS))


def _delimiter(sample: str) -> str:
    """The separator that cuts the first lines into the most columns, the same number of them in most lines."""
    lines = [line for line in sample.splitlines()[:HEADER_ROWS] if line.strip()]
    return max(DELIMITERS, key=lambda each: _regularity(lines, each))


def _regularity(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)]
    except csv.Error:
        return (0, 0)
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual), usual) if usual > 1 else (0, 0)


def _header_row(top: Sequence[Sequence[Cell]]) -> int:
    """The first row that is as full as the fullest: above it stand titles and empty rows."""
    filled = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in top]
    most = max(filled, default=0)
    return next((place for place, count in enumerate(filled, 1) if count and count >= most * 0.6), 0)


def _heads(row: Sequence[Cell]) -> tuple[str, ...]:
    """The names of the columns; one that occurs again gets a number, one that is empty stays so."""
    found: list[str] = []
    for cell in row:
        name = head = " ".join(str("" if cell is None else cell).split())[:200]
        count = 1
        while name and name in found:
            count += 1
            name = f"{head} ({count})"
        found.append(name)
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _fitted(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    """As many cells as there are heads."""
    return [*cells[:width], *([None] * (width - len(cells)))]
