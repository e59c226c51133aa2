"""Tables for spreadsheets: CSV and XLSX, row by row, in which nothing a person typed is run."""

import csv
import re
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.base.api.refusals import BadRequest
from crm.base.limits import TooMany, check_rate
from crm.base.trail import security_events
from crm.base.workbook import Row, write_workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"json": "application/json", "csv": CSV, "xlsx": XLSX}
FILES = ("csv", "xlsx")
RATE = "120/h"
SECONDS = 5  # after which to ask again while others wait for files
# A spreadsheet takes a text that begins so for a formula (OWASP, "CSV injection"). Where semicolons
# separate, it begins anew after them, and after a line; "- " begins an item of a note.
_FORMULA = re.compile(r"^(?=[=+\-@\t\r\n＝＋－＠])|(?<=[;\t\r\n])(?=[=+@＝＋＠]|[-－](?! ))")
# One thread of a process stays for the others, where there is more than one.
_under_way = BoundedSemaphore(max(1, settings.WEB_THREADS - 1))


class Busy(TooMany):
    """Others take files just now."""

    def __init__(self) -> None:
        super().__init__(SECONDS)


class Table(NamedTuple):
    """``rows`` under the names ``columns``: texts, numbers, Decimals, days, moments, yes or no."""

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
        part.partition(";")[0].strip().lower()
        for part in request.headers.get("Accept", "").split(",")
    ]
    named = [name for kind in types for name, known in FORMATS.items() if kind == known]
    return named[0] if named else "json"


def export(request: HttpRequest | Request, table: Table, form: str, **details: Any) -> FileResponse:
    """Answer with ``table`` as a file, and note who took it with what filters.

    The file is whole before the answer begins: what fails on the way is told as any error is.
    Raises ``TooMany``, and ``Busy`` where another file is being made: each keeps a thread.
    """
    if not _under_way.acquire(blocking=False):
        raise Busy
    try:
        check_rate(request, "export", _taker, RATE)
        file = _made(request, table, form, details)
    finally:
        _under_way.release()
    kind = f"{CSV}; charset=utf-8" if form == "csv" else XLSX
    name = f"{table.name}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)


def _made(
    request: HttpRequest | Request, table: Table, form: str, details: Mapping[str, Any]
) -> IO[bytes]:
    """Return a file at its beginning, and note that it was taken once all of it is written."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    try:
        rows = write(table, form, file)
        file.seek(0)
        # PostgreSQL stores no NUL, which a list takes for one more letter that nobody has.
        query = [(name, text) for name, text in request.GET.items() if name != "format"]
        filters = {name.replace("\0", ""): str(text).replace("\0", "") for name, text in query}
        note(table, form, filters, rows=rows, **details)
    except BaseException:
        with suppress(OSError):  # of a full disk, once more
            file.close()
        raise
    return file


def _taker(_group: str, request: HttpRequest | Request) -> str:
    """Return who takes a file: a key's number may be a user's, too."""
    actor: Any = request.user
    return f"{actor.__class__.__name__}:{actor.pk}"


def note(table: Table, form: str, filters: Mapping[str, Any], **details: Any) -> None:
    """Note that somebody took ``table`` away."""
    security_events.note("exported", table=table.name, format=form, filters=filters, **details)


def write(table: Table, form: str, file: IO[bytes]) -> int:
    """Write ``table`` as csv or xlsx into ``file`` and return how many rows it had."""
    counted = _Counted(table.rows)
    if form == "xlsx":
        write_workbook(file, table.name, table.columns, counted)
    else:
        file.write(BOM_UTF8)  # without it spreadsheets read UTF-8 as something else
        file.writelines(line.encode() for line in csv_lines(table._replace(rows=counted)))
    return counted.count


class _Counted:
    """Rows that are counted as they are read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


class _Line:
    """What ``csv.writer`` writes to; it hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table) -> Iterator[str]:
    """Yield the lines of ``table`` (RFC 4180)."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(table.columns)
    for row in table.rows:
        yield writer.writerow([written(value) for value in row])


def written(value: Any) -> Any:
    """Return ``value`` as CSV has it: as the API writes it, and nothing to run."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def harmless(text: str) -> str:
    """Return ``text`` with an apostrophe before what looks like a formula."""
    return _FORMULA.sub("'", text)
