"""Workbooks (XLSX), written row by row: nothing is kept in memory but the row at hand."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Any

# Of one sheet, "Excel specifications and limits"; what does not fit goes on in the next.
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
MOST_DIGITS = 15  # of a number; what has more is a text, or its end would be lost
CUT = "…"
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
FIRST_DAY = date(1900, 3, 1)  # before it the calendar is wrong: it takes 1900 for a leap year
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# The rows wait on the disk for their sheet's end; a file of any size can be made.
OPTIONS = {"constant_memory": True, "use_zip64": True}

Row = Sequence[Any]


def write_workbook(file: IO[bytes], name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write ``rows`` under ``columns`` into ``file``, on as many sheets as they need.

    Raises ``OSError`` when the disk is full.
    """
    import xlsxwriter  # noqa: PLC0415 — few processes write any
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        # Not into ``file``: on a full disk a ZIP file stays open that would write to it later.
        path = Path(folder) / "book.xlsx"
        try:
            with xlsxwriter.Workbook(path, OPTIONS | {"tmpdir": folder}) as book:
                fill(book, name, columns, iter(rows))
        except FileCreateError as error:
            raise error.args[0] from error
        with path.open("rb") as made:
            copyfileobj(made, file)


def fill(book: Any, name: str, columns: Sequence[str], rest: Iterator[Row]) -> None:
    cells = Cells(book)
    for number in count(1):
        sheet = book.add_worksheet(sheet_name(name, number))
        sheet.freeze_panes(1, 0)
        for place, row in enumerate(chain([columns], islice(rest, MOST_ROWS - 1))):
            cells.write(sheet, place, row)
        following = next(rest, None)
        if following is None:
            return
        rest = chain([following], rest)


class Cells:
    """Writes values into sheets of ``book``: a text is never taken for a formula."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.formats: dict[str, Any] = {}

    def write(self, sheet: Any, place: int, row: Row) -> None:
        for column, value in enumerate(row):
            if value is not None and value != "":
                self.write_cell(sheet, place, column, value)

    def write_cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int) and abs(value) < 10**MOST_DIGITS:
            sheet.write_number(row, column, value)
        elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= MOST_DIGITS:
            sheet.write_number(row, column, value, self.shown_as(decimals(value)))
        elif isinstance(value, date) and day_of(value) >= FIRST_DAY:
            if isinstance(value, datetime):
                moment = value.astimezone(UTC).replace(tzinfo=None)
                sheet.write_datetime(row, column, moment, self.shown_as(MOMENT))
            else:
                sheet.write_datetime(row, column, value, self.shown_as(DAY))
        else:
            text = value.isoformat() if isinstance(value, date) else str(value)
            sheet.write_string(row, column, shortened(text))

    def shown_as(self, code: str) -> Any:
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code})
        return self.formats[code]


def day_of(value: date) -> date:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def shortened(text: str) -> str:
    """Return ``text`` as far as a cell holds it."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT


def decimals(number: Decimal) -> str:
    """Return the format that shows ``number`` with the decimals that it has."""
    places = max(0, -int(number.as_tuple().exponent))
    return f"0.{'0' * places}" if places else "0"


def sheet_name(name: str, number: int) -> str:
    """Return what the sheet is called: "customers", then "customers 2"."""
    suffix = f" {number}" if number > 1 else ""
    return NOT_IN_A_NAME.sub(" ", name)[: LONGEST_NAME - len(suffix)] + suffix
