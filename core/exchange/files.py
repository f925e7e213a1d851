"""Writing rows to CSV and XLSX, row by row. No cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from core.orm.values import decimal_text

MOST_ROWS_PER_SHEET = 1_048_575
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDTH = 18

Rows = Iterable[Sequence[Any]]


def write_csv(file: IO[bytes], heads: Sequence[str], rows: Rows) -> int:
    """CSV in UTF-8 with a mark by which Excel knows it. Returns the number of rows."""
    count = 0
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([safe(head) for head in heads])
    for count, row in enumerate(rows, 1):  # noqa: B007
        writer.writerow([csv_cell(value) for value in row])
    text.flush()
    text.detach()
    return count


def csv_cell(value: Any) -> str:
    """A value as text: ISO dates, plain numbers, and text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else safe(str(value)) if isinstance(value, str) else str(value)


def safe(text: str) -> str:
    """Text that begins like a formula gets an apostrophe before it: a file must not run when it is opened."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_xlsx(file: IO[bytes], heads: Sequence[str], rows: Rows) -> int:
    """XLSX with numbers and dates as such; more rows than a sheet holds go on in the next one."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    try:
        return _fill(book, heads, rows)
    finally:
        book.close()


def _fill(book: Any, heads: Sequence[str], rows: Rows) -> int:
    bold = book.add_format({"bold": True})
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet, count = None, 0
    for count, row in enumerate(rows, 1):
        line = (count - 1) % MOST_ROWS_PER_SHEET + 1
        if sheet is None or line == 1:
            sheet = _sheet(book, heads, bold)
        for column, value in enumerate(row):
            _write(sheet, line, column, value, day, moment)
    if sheet is None:
        _sheet(book, heads, bold)
    return count


def _sheet(book: Any, heads: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.set_column(0, max(len(heads) - 1, 0), WIDTH)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    return sheet


def _write(sheet: Any, line: int, column: int, value: Any, day: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(line, column, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, day)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        _write_number(sheet, line, column, value)
    else:
        sheet.write_string(line, column, str(value)[:32_767])


def _write_number(sheet: Any, line: int, column: int, value: int | Decimal) -> None:
    """A number; one with more digits than a spreadsheet keeps goes in as text, so that none is lost."""
    digits = len(str(value).replace(".", "").replace("-", "").strip("0"))
    if digits > 15:
        sheet.write_string(line, column, decimal_text(Decimal(value)))
    else:
        sheet.write_number(line, column, value)


WRITERS: dict[str, Callable[[IO[bytes], Sequence[str], Rows], int]] = {"csv": write_csv, "xlsx": write_xlsx}
"""Kind of file → what writes it."""
