"""Workbooks as others read them, and what a spreadsheet cannot hold."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from crm.base import workbook
from crm.base.workbook import LONGEST_TEXT, write_workbook

pytestmark = pytest.mark.any_database


def book_of(*rows: Sequence[Any], name: str = "things") -> Any:
    """Return the workbook of ``rows``, which have a column for each value of the first."""
    file = io.BytesIO()
    columns = [f"c{number}" for number in range(len(rows[0]) if rows else 1)]
    write_workbook(file, name, columns, iter(rows))
    return openpyxl.load_workbook(file)


def cell_of(value: Any) -> Any:
    return book_of([value]).active.cell(2, 1)


@pytest.mark.parametrize(
    ("value", "shown_as"),
    [
        (7, "General"),
        (True, "General"),
        (Decimal("12.50"), "0.00"),
        (Decimal("-0.125"), "0.000"),
        (Decimal(3), "0"),
        ("Ana & <Bo>", "General"),
        (" two  spaces ", "General"),
        ("two\nlines", "General"),
        ("=1+1", "General"),
        ("007", "General"),
        (date(2026, 2, 28), "yyyy-mm-dd"),
        (None, "General"),
    ],
)
def test_a_value_is_read_as_it_was_written(value: Any, shown_as: str) -> None:
    cell = cell_of(value)
    read = cell.value.date() if isinstance(value, date) else cell.value
    assert (read, cell.number_format) == (value, shown_as)
    if isinstance(value, str):
        assert cell.data_type == "s"


def test_a_moment_is_in_utc() -> None:
    cell = cell_of(datetime(2026, 3, 1, 8, 30, 15, tzinfo=timezone(timedelta(hours=-4))))
    assert cell.value.replace(tzinfo=UTC) == datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
    assert cell.number_format == "yyyy-mm-dd hh:mm:ss"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(1899, 12, 31), "1899-12-31"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00+00:00"),
        (10**15, "1000000000000000"),
        (-(10**18), "-1000000000000000000"),
        (Decimal("1234567890123.125"), "1234567890123.125"),
    ],
)
def test_what_a_spreadsheet_would_change_is_a_text(value: Any, text: str) -> None:
    assert cell_of(value).value == text


def test_a_number_keeps_as_many_digits_as_a_spreadsheet_does() -> None:
    found = [cell_of(value).value for value in (999_999_999_999_999, Decimal("999999999999.999"))]
    assert found == [999_999_999_999_999, 999999999999.999]


@given(st.text(max_size=50))
def test_any_text_makes_a_book_that_can_be_read(text: str) -> None:
    """Characters that XML cannot say are written as Excel writes them, "_x0007_"."""
    assert unescape(cell_of(text).value or "") == text


def test_a_text_that_is_too_long_for_a_cell_is_cut() -> None:
    whole, cut = (cell_of("x" * length).value for length in (LONGEST_TEXT, LONGEST_TEXT + 1))
    assert whole == "x" * LONGEST_TEXT
    assert (len(cut), cut[-2:]) == (LONGEST_TEXT, "x…")


@pytest.mark.parametrize(("count", "sheets"), [(0, [0]), (2, [2]), (5, [2, 2, 1])])
def test_rows_that_do_not_fit_go_on_in_the_next_sheet(
    monkeypatch: pytest.MonkeyPatch, count: int, sheets: list[int]
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)  # with the head
    book = book_of(*([number] for number in range(count)))
    assert book.sheetnames == ["things", "things 2", "things 3"][: len(sheets)]
    assert [sheet.max_row - 1 for sheet in book] == sheets
    assert all(sheet["A1"].value == "c0" for sheet in book)
    rows = [cell.value for sheet in book for (cell,) in sheet.iter_rows(min_row=2)]
    assert rows == list(range(count))


def test_nothing_is_left_on_the_disk_when_reading_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[Any]:
        yield ["Ana"]
        raise OSError("The database is gone.")

    with pytest.raises(OSError, match="database is gone"):
        write_workbook(io.BytesIO(), "things", ["name"], rows())
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_made_one_that_a_sheet_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    book = book_of([1], [2], name="a/b & " + "c" * 40)
    assert book.sheetnames == ["a b & " + "c" * 25, "a b & " + "c" * 23 + " 2"]
