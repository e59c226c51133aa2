"""Brings what an old row says into the form that our fields take, and notes what it changed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.base.text import validate_text
from crm.compat.importing.rows import Refused, Row
from leads.moments import FIRST_YEAR, LAST_YEAR

# What ``validate_text`` refuses, and what stands for bytes that nobody could read.
_UNREADABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    r"\u202a-\u202e\u2066-\u2069]"
)


def fit(row: Row, model: Any, values: Mapping[str, Any]) -> Any:
    """Return an unsaved ``model`` with ``values``; what does not fit is left out and noted.

    Raises ``Refused`` where a field that must be filled remains empty.
    """
    record = model()
    row.fields = tuple(values)
    for name, value in values.items():
        field = model._meta.get_field(name)
        setattr(
            record, field.attname, value if _is_ready(field) else fitted(row, record, field, value)
        )
    return record


def _is_ready(field: "Field[Any, Any]") -> bool:
    return field.is_relation or field.get_internal_type() == "DateTimeField"


def fitted(row: Row, record: Any, field: Any, value: Any) -> Any:
    """Return ``value`` as ``field`` stores it, its default where that is not possible."""
    if isinstance(value, str):
        value = _readable(row, field, value)
    if value is None or value == "":
        return _nothing(row, field, value)
    try:
        return field.clean(value, record)
    except ValidationError as error:
        row.note("left_out", " ".join(error.messages), field.name, value)
        return _nothing(row, field, value)


def _readable(row: Row, field: Any, text: str) -> str:
    plain = _UNREADABLE.sub("", text).strip()
    try:
        validate_text(plain)
    except ValidationError:
        plain = ""
    if plain != text.strip():
        row.note("characters_removed", _("Unreadable characters were removed."), field.name, text)
    longest = field.max_length
    # An address or a phone that is cut is another one.
    if longest and len(plain) > longest and field.get_internal_type() in ("CharField", "TextField"):
        row.note(
            "cut", _("Cut to %(longest)d characters.") % {"longest": longest}, field.name, text
        )
        return plain[:longest]
    return text if plain == text else plain  # a phone that was read stays one


def _nothing(row: Row, field: Any, value: Any) -> Any:
    if field.null:
        return None
    if field.blank or field.has_default():
        return field.get_default()
    raise Refused("required", _("Without it there is no record."), field.name, value)


Words = Mapping[str, str]


def word(
    row: Row, name: str, value: Any, known: Words, otherwise: str, near: Words | None = None
) -> str:
    """Return our word for ``value``: both map theirs to ours, ``known`` with the same meaning.

    What is only ``near``, and what nobody knows and so becomes ``otherwise``, is noted.
    """
    theirs = str(value or "").strip().lower().rpartition(".")[2]
    theirs = theirs.replace("-", "_").replace(" ", "_")
    if not theirs or theirs in known:
        return known.get(theirs, otherwise)
    ours = (near or {}).get(theirs)
    if ours:
        row.note("other_word", _("Taken as %(word)s.") % {"word": ours}, name, value)
        return ours
    message = _("Unknown word, taken as %(word)s.") % {"word": otherwise}
    row.note("unknown_word", message, name, value)
    return otherwise


def moment(row: Row, name: str, value: Any, zone: tzinfo) -> datetime | None:
    """Return the time that ``value`` says, which is of ``zone`` where it names none.

    None when it says none, or one that cannot be; what is in the future becomes now.
    """
    if value in (None, ""):
        return None
    found = _read(value)
    if found is None or not FIRST_YEAR < found.year < LAST_YEAR:
        row.note("left_out", _("This is no possible time."), name, value)
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)


def past_moment(row: Row, name: str, value: Any, zone: tzinfo) -> datetime | None:
    """Return the time that ``value`` says, as ``moment`` does, but none to come."""
    found = moment(row, name, value, zone)
    now = timezone.now()
    if found and found > now:
        row.note("in_the_future", _("It was in the future: the time of the import."), name, value)
        return now
    return found


def _read(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    text = str(value).strip()
    try:
        day = parse_date(text)
        return datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        return None
