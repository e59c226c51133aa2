"""Tables for spreadsheets: CSV and XLSX, row by row, in which nothing a person typed is run."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, NamedTuple

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.base.api.refusals import BadRequest
from crm.base.limits import check_rate
from crm.base.trail import security_events

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"json": "application/json", "csv": CSV, "xlsx": XLSX}
RATE = "120/h"
# A spreadsheet takes a text that begins so for a formula (OWASP, "CSV injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets read UTF-8 as something else

Row = Sequence[Any]


class Table(NamedTuple):
    """``rows`` under the names ``columns``: texts, whole numbers and Decimals."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Row]


def format_of(request: Request) -> str:
    """Return json, csv or xlsx: what ``?format=`` says, or else what ``Accept`` names first."""
    asked = request.query_params.get("format")
    if asked in FORMATS:
        return asked
    if asked is not None:
        known = ", ".join(FORMATS)
        message = _("format is one of %(known)s.") % {"known": known}
        raise BadRequest(message, field="format", code="bad_value")
    types = [
        part.partition(";")[0].strip() for part in request.headers.get("Accept", "").split(",")
    ]
    named = [name for kind in types for name, known in FORMATS.items() if kind == known]
    return named[0] if named else "json"


def export(request: HttpRequest | Request, table: Table, form: str) -> HttpResponseBase:
    """Answer with ``table`` as a file, and note who took it with what filters."""
    check_rate(request, "export", lambda group, request: str(request.user.pk), RATE)
    query = {name: value for name, value in request.GET.items() if name != "format"}
    security_events.note("exported", table=table.name, format=form, filters=query)
    name = f"{table.name}.{form}"
    if form == "xlsx":
        return FileResponse(workbook(table), as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(csv_lines(table), content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Line:
    """What ``csv.writer`` writes to; it hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table) -> Iterator[str]:
    """Yield the lines of ``table`` (RFC 4180)."""
    writer: Any = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + writer.writerow(table.columns)
    for row in table.rows:
        yield writer.writerow([harmless(value) for value in row])


def harmless(value: Any) -> Any:
    """Return ``value``, a text that looks like a formula behind an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def workbook(table: Table) -> IO[bytes]:
    """Return a file with ``table``, open at its beginning; it is gone when it is closed."""
    import openpyxl  # noqa: PLC0415 — takes a third of a second that most processes need not

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])

    def cell(value: Any) -> Any:
        made = openpyxl.cell.WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # whatever it begins with
        elif isinstance(value, Decimal):
            made.number_format = "0." + "0" * -_exponent(value) if _exponent(value) else "0"
        return made

    sheet.append([cell(name) for name in table.columns])
    for row in table.rows:
        sheet.append([cell(value) for value in row])
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    book.save(file)
    file.seek(0)
    return file


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)
