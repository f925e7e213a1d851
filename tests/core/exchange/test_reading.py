"""Files as people have them: in every encoding, with every separator, damaged, hostile, or no table at all."""

import codecs
import contextlib
import csv
import io
import struct
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.exchange.files import csv_cell
from core.exchange.imports import reading
from core.exchange.imports.cells import _number, _phone, text_of
from core.exchange.imports.dates import from_serial, read_date, read_moment
from core.exchange.imports.encodings import encoding_of
from core.exchange.imports.errors import TooLarge, Unreadable
from core.exchange.imports.reading import Cell, Table, open_table
from core.exchange.imports.sampling import sample_of

TAIPEI = ZoneInfo("Asia/Taipei")
CHINESE = "客戶名稱,電話,備註\n台榮精密機械股份有限公司,02-2345-6789,每週三拜訪\n宏達自動化,03-555-1234,請先打電話\n"
SIMPLIFIED = (
    "客户名称,电话,备注\n华东精密机械有限公司,021-2345678,每周三拜访\n宏达自动化设备,0755-5551234,请先打电话联系\n"
)
WESTERN = "Nom,Téléphone,Adresse\nSociété générale,01 23 45 67,rue de l'Évêché\nMüller Größe,030 1234,Straße\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def cells(table: Table) -> list[list[Cell]]:
    return [list(row) for _number, row in table.rows()]


def book(folder: Path, **sheets: list[list[Any]]) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(line, column, value, day)
                    elif value is not None:
                        sheet.write(line, column, value)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "mark", "found"),
    [
        (CHINESE, "utf-8", b"", "utf-8-sig"),
        (CHINESE, "utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        (CHINESE, "utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        (CHINESE, "utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        (CHINESE, "utf-16-le", b"", "utf-16-le"),
        (CHINESE, "utf-16-be", b"", "utf-16-be"),
        (CHINESE, "big5", b"", "big5hkscs"),
        (SIMPLIFIED, "gb18030", b"", "gb18030"),
        (WESTERN, "cp1252", b"", "cp1252"),
        (WESTERN, "utf-16-le", b"", "utf-16-le"),
    ],
)
def test_encoding_is_found_out(folder: Path, text: str, encoding: str, mark: bytes, found: str) -> None:
    table = open_table(stored(folder, mark + text.encode(encoding)))

    assert table.encoding == found
    assert [list(table.heads), *cells(table)] == list(csv.reader(io.StringIO(text)))


def test_a_character_that_the_sample_cuts_does_no_harm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = ("名稱\n" + "台" * 500 + "\n").encode()
    for size in range(900, 904):
        monkeypatch.setattr(reading, "SAMPLE_BYTES", size)

        assert open_table(stored(folder, content)).encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(folder: Path, delimiter: str, end: str) -> None:
    lines = [["名稱", "地址", "備註"], ["台榮", "台北市, 信義區; 一樓", "甲"], ["宏達", "新竹市", "乙"]]
    quoted = [[f'"{cell}"' if place == 1 else cell for place, cell in enumerate(line)] for line in lines]

    table = open_table(stored(folder, end.join(delimiter.join(line) for line in quoted).encode()))

    assert (table.delimiter, [list(table.heads), *cells(table)]) == (delimiter, lines)


def test_mixed_line_ends_and_lines_within_a_cell(folder: Path) -> None:
    table = open_table(stored(folder, '名稱,備註\r\n台榮,"第一行\n第二行"\n宏達,乙\r三陽,丙\r\n'.encode()))

    assert cells(table) == [["台榮", "第一行\n第二行"], ["宏達", "乙"], ["三陽", "丙"]]


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(folder: Path) -> None:
    table = open_table(stored(folder, "名稱,電話\n\n台榮,1\n,\n\n宏達,2\n".encode()))

    assert [number for number, _cells in table.rows()] == [3, 6]
    assert [number for number, _cells in table.rows(3)] == [6]


def test_heads_that_are_twice_there_or_empty(folder: Path) -> None:
    table = open_table(stored(folder, "電話,電話,,  電話 ,備註,\n1,2,3,4,5,6\n".encode()))

    assert table.heads == ("電話", "電話 (2)", "", "電話 (3)", "備註")
    assert cells(table) == [["1", "2", "3", "4", "5"]]


def test_titles_above_the_heads_are_passed_over(folder: Path) -> None:
    text = "客戶清冊\n製表日期：115/01/31\n\n客戶名稱,電話,地址,備註\n台榮,1,甲,乙\n"

    assert open_table(stored(folder, text.encode())).header_row == 4


def test_rows_of_other_widths_are_fitted(folder: Path) -> None:
    table = open_table(stored(folder, b"a,b,c\n1\n1,2,3,4,5\n"))

    assert cells(table) == [["1", None, None], ["1", "2", "3"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file is empty."),
        (b" \n \n", "This file is empty."),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "cannot be read"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\x00\x01\x02\n", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "cannot be read"),
        (struct.pack("<64I", *range(64)) * 20, "cannot be read"),
        (b",,,\n,,,\n", "No row with the names"),
    ],
)
def test_what_is_no_table_is_refused(folder: Path, content: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as raised:
        open_table(stored(folder, content))

    assert message in str(raised.value.message)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('名稱,備註\n台榮,甲\n宏達,"沒有關上\n三陽,乙\n', 3),
        ('名稱,備註\n台榮,"甲"乙\n', 2),
        ("名稱,備註\n" + "台榮,甲\n" * 30 + '宏達,"' + "長" * 200_001 + '"\n', 32),
    ],
)
def test_a_line_that_cannot_be_read_is_named(folder: Path, text: str, line: int) -> None:
    with pytest.raises(Unreadable) as raised:
        cells(open_table(stored(folder, text.encode())))

    assert str(raised.value.message).startswith(f"Line {line} cannot be read.")


def test_zero_bytes_far_down_are_named(folder: Path) -> None:
    content = "名稱\n".encode() + "台榮精密\n".encode() * 30_000 + b"\0\0\0\0\n"

    with pytest.raises(Unreadable) as raised:
        cells(open_table(stored(folder, content)))

    assert str(raised.value.message).startswith("Line 30002 holds what is no text.")


def test_a_byte_of_another_encoding_far_down_is_named(folder: Path) -> None:
    content = "名稱\n".encode() + "台榮精密\n".encode() * 30_000 + "立基".encode("big5") + b"\n"

    with pytest.raises(Unreadable) as raised:
        cells(open_table(stored(folder, content)))

    assert "not in the chosen encoding" in str(raised.value.message)


def test_a_million_columns_are_refused_at_once(folder: Path) -> None:
    with pytest.raises(TooLarge):
        open_table(stored(folder, b"x," * 1_000_000 + b"x\n"))


def test_a_spreadsheet_with_all_that_spreadsheets_have(folder: Path) -> None:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("說明").write(0, 0, "請看下一張")
        sheet = made.add_worksheet("客戶")
        sheet.merge_range(0, 0, 0, 4, "客戶清冊 2026")
        sheet.write_row(2, 0, ["名稱", "統一編號", "電話", "建立日", "總額"])
        sheet.write_row(3, 0, ["台榮", 4595257, 912345678])
        sheet.write_datetime(3, 3, datetime.fromisoformat("2026-01-31"), made.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(3, 4, "=1+2", None, 3)
        sheet.write_row(6, 0, ["宏達", "04595257", "02-2345-6789"])

    table = open_table(path, sheet="客戶")

    assert (table.sheets, table.sheet, table.header_row) == (("說明", "客戶"), "客戶", 3)
    first, second = cells(table)
    assert [text_of(first[0]), text_of(first[1]), _phone(first[2])] == ["台榮", "4595257", "0912345678"]
    assert first[3] in (date(2026, 1, 31), datetime.fromisoformat("2026-01-31"))
    assert _number(first[4]) == Decimal(3)
    assert second[:3] == ["宏達", "04595257", "02-2345-6789"]
    assert [number for number, _cells in table.rows()] == [4, 7]


def test_a_sheet_that_is_not_there_means_the_first(folder: Path) -> None:
    assert open_table(book(folder, 一=[["a"], ["1"]], 二=[["b"], ["2"]]), sheet="三").sheet == "一"


def test_a_truncated_spreadsheet_is_refused(folder: Path) -> None:
    content = book(folder, 一=[["名稱"], *[[f"客戶{number}"] for number in range(500)]]).read_bytes()

    for length in (100, len(content) // 2, len(content) - 30):
        with pytest.raises(Unreadable):
            open_table(stored(folder, content[:length]))


def test_an_archive_that_is_no_spreadsheet_is_refused(folder: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("letter.txt", "Dear Sir or Madam")

    with pytest.raises(Unreadable):
        open_table(stored(folder, made.getvalue()))


def test_a_bomb_is_not_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED_BYTES", 1_000_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    assert len(made.getvalue()) < 50_000

    with pytest.raises(TooLarge):
        open_table(stored(folder, made.getvalue()))


def test_an_archive_of_very_many_files_is_refused(folder: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(reading.MOST_PACKED + 1):
            archive.writestr(str(number), b"")

    with pytest.raises(TooLarge):
        open_table(stored(folder, made.getvalue()))


def test_a_sample_shows_what_is_there_and_the_few_texts_of_a_column(folder: Path) -> None:
    rows = "".join(f"客戶{number},{'ABC'[number % 3]},\n" for number in range(100))

    sample = sample_of(open_table(stored(folder, f"名稱,等級,備註\n{rows}".encode())))

    assert sample["values"] == [["客戶0", "客戶1", "客戶2"], ["A", "B", "C"], []]
    assert sample["texts"] == {"1": ["A", "B", "C"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("115/01/31", date(2026, 1, 31)),
        ("115.1.31", date(2026, 1, 31)),
        ("民國115年1月31日", date(2026, 1, 31)),
        ("民國 99 年 12 月 1 日", date(2010, 12, 1)),
        ("1150131", date(2026, 1, 31)),
        ("20260131", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026/1/31(六)", date(2026, 1, 31)),
        ("２０２６／１／３１", date(2026, 1, 31)),
        ("31/01/2026", date(2026, 1, 31)),
        ("115/02/30", None),
        ("明天", None),
    ],
)
def test_dates(text: str, found: date | None) -> None:
    assert read_date(text) == found


def test_a_date_that_could_be_two_is_decided_by_who_knows() -> None:
    assert read_date("03/04/2026") == date(2026, 3, 4)
    assert read_date("03/04/2026", day_first=True) == date(2026, 4, 3)


days = st.dates(date(1912, 1, 1), date(2111, 12, 31))
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(days)
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    year = day.year - 1911

    assert read_date(day.isoformat()) == day
    assert read_date(f"民國{year}年{day.month}月{day.day}日") == day
    assert read_date(f"{day.day:02}/{day.month:02}/{day.year}", day_first=True) == day
    if year >= 10:
        assert read_date(f"{year}/{day.month}/{day.day}") == day


@quick
@given(st.datetimes(datetime.fromisoformat("1930-01-01"), datetime.fromisoformat("2110-01-01")))
def test_every_moment_is_read_as_it_is_written(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)

    assert read_moment(moment.isoformat(sep=" "), TAIPEI) == moment.replace(tzinfo=TAIPEI)
    exact = moment.replace(tzinfo=UTC)
    assert read_moment(exact.isoformat(), TAIPEI) == exact
    serial = (moment - datetime.fromisoformat("1899-12-30")).total_seconds() / 86_400
    assert from_serial(serial) == moment


line = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(str.strip)


@quick
@given(st.lists(st.lists(line, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("table") / "file"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["甲", "乙", "丙"], *rows])

    table = open_table(path, delimiter=",", header_row=1)

    assert cells(table) == rows


@quick
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_text_that_was_exported_is_the_same_when_it_comes_back(text: str) -> None:
    assert text_of(csv_cell(text)) == text or text.startswith("'")


@quick
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_number_is_read_as_people_write_it(number: Decimal) -> None:
    assert _number(f"NT$ {number:,f} 元") == number
    assert _number(csv_cell(number)) == number


@quick
@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "file"
    path.write_bytes(content)

    with contextlib.suppress(Unreadable):
        cells(open_table(path))


@quick
@given(st.text(st.characters(exclude_categories=["C"]), min_size=5), st.sampled_from(["utf-8-sig", "utf-16"]))
def test_a_marked_encoding_is_always_found(text: str, encoding: str) -> None:
    assert encoding_of(text.encode(encoding)) == encoding
