"""A spreadsheet may be small in its file and immense in memory."""

from pathlib import Path

import pytest
import xlsxwriter

from core.exchange.imports.errors import TooLarge, Unreadable
from core.exchange.imports.reading import open_table


def sheet(path: Path, *cells: tuple[int, int]) -> Path:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for row, column in cells:
        page.write_string(row, column, "x")
    book.close()
    return path


@pytest.mark.parametrize("corner", [(1_048_575, 16_383), (0, 16_383), (1_048_575, 199)])
def test_cells_far_apart_are_refused_before_anything_is_held(tmp_path: Path, corner: tuple[int, int]) -> None:
    with pytest.raises(TooLarge):
        open_table(sheet(tmp_path / "far.xlsx", (0, 0), corner))


def test_an_ordinary_sheet_is_read(tmp_path: Path) -> None:
    table = open_table(sheet(tmp_path / "near.xlsx", (0, 0), (1, 0)))

    assert list(table.rows()) == [(2, ["x"])]


@pytest.mark.parametrize("how", [{"encoding": "nope"}, {"delimiter": "ab"}])
def test_a_way_of_reading_that_there_is_not_is_refused(tmp_path: Path, how: dict[str, str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n", "utf-8")

    with pytest.raises(Unreadable):
        open_table(file, encoding=how.get("encoding", ""), delimiter=how.get("delimiter", ""))
