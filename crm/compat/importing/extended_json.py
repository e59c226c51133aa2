"""What mongoexport writes: documents one after the other, or in an array.

Values that JSON has no type for are objects such as ``{"$oid": "…"}`` (MongoDB Extended JSON v2,
canonical or relaxed, and the older spelling of dates).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.compat.importing.sources import SourceError

CHUNK = 1 << 14
LARGEST = 16 * 1024 * 1024  # of MongoDB's documents
BETWEEN = " \t\r\n,[]"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NUMBERS = ("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal")


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents in the file ``path``, one in memory at a time.

    Raises ``SourceError`` for what is neither UTF-8 nor JSON.
    """
    decoder = json.JSONDecoder(object_hook=_plain, parse_float=Decimal)
    held, number = "", 0
    with path.open(encoding="utf-8-sig") as file:
        while chunk := _read(file, path):
            held += chunk
            while held := held.lstrip(BETWEEN):
                try:
                    document, end = decoder.raw_decode(held)
                except ValueError:
                    break  # the rest of it is yet to be read
                number, held = number + 1, held[end:]
                if not isinstance(document, dict):
                    raise _no_document(path, number)
                yield document
            if len(held) > LARGEST:
                raise _no_document(path, number + 1)
    if held:
        raise _no_document(path, number + 1)


def _read(file: Any, path: Path) -> str:
    try:
        return str(file.read(CHUNK))
    except UnicodeDecodeError as error:
        message = _("%(path)s is not UTF-8, as mongoexport writes it: byte %(byte)d.")
        raise SourceError(message % {"path": path, "byte": error.start}) from error


def _no_document(path: Path, number: int) -> SourceError:
    message = _("%(path)s: document %(number)d is no JSON object, as mongoexport writes them.")
    return SourceError(message % {"path": path, "number": number})


def _plain(value: dict[str, Any]) -> Any:
    if len(value) != 1:
        return value
    [(kind, inner)] = value.items()
    if kind == "$oid":
        return inner
    if kind in NUMBERS:
        return Decimal(str(inner)) if "." in str(inner) or "E" in str(inner) else _whole(inner)
    if kind == "$date":
        return _date(inner)
    return value


def _whole(text: Any) -> Any:
    return int(text) if str(text).lstrip("-").isdigit() else str(text)  # or NaN, Infinity


def _date(inner: Any) -> Any:
    """Return the ISO 8601 text of a date, which may be given in milliseconds since 1970."""
    try:
        return (EPOCH + timedelta(milliseconds=int(inner))).isoformat()
    except (ValueError, TypeError, OverflowError):
        return inner
