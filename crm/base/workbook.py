"""Workbooks (ECMA-376, "XLSX"), written row by row: nothing is kept but the row at hand.

A tenth of the time that openpyxl takes, which makes objects of every cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from crm.base import workbook_parts as parts
from crm.base.workbook_parts import NOT_IN_XML

# Of one sheet, "Excel specifications and limits"; what does not fit goes on in the next.
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
MOST_BYTES = 2_000_000_000  # a little less than a part of a ZIP file without extensions
QUICK = 1  # of zlib's levels: half the time of the usual one, for a file a fifth larger
CUT = "…"
# Day 0 of the calendar, which takes 1900 for a leap year: it is right from March on.
DAY_0 = date(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)
DAY, MOMENT = "yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss"

Row = Sequence[Any]


class Workbook:
    """Writes ``rows`` under ``columns`` into ``file``, on as many sheets as they need."""

    def __init__(self, file: IO[bytes], name: str, columns: Sequence[str]) -> None:
        self.file, self.name, self.columns = file, name, columns
        self.places = [letters(number) for number in range(len(columns))]
        self.formats: dict[str, int] = {}

    def write(self, rows: Iterable[Row]) -> None:
        rest = iter(rows)
        with ZipFile(self.file, "w", ZIP_DEFLATED, compresslevel=QUICK) as book:
            for sheets in count(1):
                with book.open(parts.sheet_path(sheets), "w") as part:
                    self.write_sheet(part, rest)
                following = next(rest, None)
                if following is None:
                    break
                rest = chain([following], rest)
            for path, text in parts.around(self.name, sheets, list(self.formats)):
                book.writestr(path, text)

    def write_sheet(self, part: IO[bytes], rows: Iterator[Row]) -> None:
        """Write a sheet with as many of ``rows`` as it holds."""
        written = part.write(f"{parts.SHEET_HEAD}{self.line(1, self.columns)}".encode())
        for number, row in enumerate(islice(rows, MOST_ROWS - 1), start=2):
            written += part.write(self.line(number, row).encode())
            if written > MOST_BYTES:
                break
        part.write(parts.SHEET_TAIL.encode())

    def line(self, number: int, row: Row) -> str:
        cells = (
            self.cell(f"{place}{number}", value)
            for place, value in zip(self.places, row, strict=True)
            if value is not None
        )
        return f'<row r="{number}">{"".join(cells)}</row>'

    def cell(self, place: str, value: Any) -> str:
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is>{told(value)}</is></c>' if value else ""
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'
        if isinstance(value, Decimal):
            return self.formatted(place, f"{value:f}", decimals(value))
        if isinstance(value, date):
            return self.on_day(place, value)
        return self.cell(place, str(value))

    def on_day(self, place: str, value: date) -> str:
        """Return a day, or a moment in UTC; as a text what the calendar of spreadsheets lacks."""
        moment = value.astimezone(UTC) if isinstance(value, datetime) else None
        day = moment.date() if moment else value
        if day < FIRST_DAY:
            return self.cell(place, value.isoformat())
        number = (day - DAY_0).days
        if moment is None:
            return self.formatted(place, str(number), DAY)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        part = (moment - midnight).total_seconds() / 86_400
        return self.formatted(place, repr(number + part), MOMENT)

    def formatted(self, place: str, number: str, shown_as: str) -> str:
        style = self.formats.setdefault(shown_as, len(self.formats) + 1)
        return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


def told(text: str) -> str:
    """Return ``text`` as a cell has it: cut where it is too long, without what XML cannot say."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - len(CUT)] + CUT
    preserved = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{preserved}>{escape(NOT_IN_XML.sub(parts.UNKNOWN, text))}</t>"


def decimals(number: Decimal) -> str:
    """Return the format that shows ``number`` with the decimals that it has."""
    places = max(0, -int(number.as_tuple().exponent))
    return f"0.{'0' * places}" if places else "0"


def letters(number: int) -> str:
    """Return what a column is called: A, B, … Z, AA, AB."""
    before, last = divmod(number, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)
