"""Brings the columns of a record into the form that is stored, or says what is wrong with them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Field

# Equal values of one of these types are the same value, which one decimal and another are not.
PLAIN = frozenset({str, int, date})
# By model, then by column: the values that were valid as they were.
Known = dict[Any, list[set[Any] | None]]
_known: ContextVar[Known | None] = ContextVar("crm_valid_values", default=None)


class Column(NamedTuple):
    """A field that is no relation. ``is_own`` says that nothing but its value makes it valid."""

    field: Any
    attname: str
    is_blank: bool
    is_own: bool


@contextmanager
def each_value_once() -> Iterator[None]:
    """Let a block that validates many records take a value that its column has taken once.

    Most of what records say is the same: the seller of all invoices, currencies, countries.
    """
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def clean_columns(record: Any) -> None:
    """Do what Django's ``clean_fields`` does, but for relations; raises ``ValidationError``."""
    kind: Any = type(record)
    columns, errors = _columns(kind), {}
    for (field, attname, is_blank, _own), seen in zip(columns, _seen(kind, columns), strict=False):
        value = getattr(record, attname)
        is_plain = seen is not None and type(value) in PLAIN
        if is_plain and value in seen:
            continue
        if is_blank and not value and value in field.empty_values:
            continue
        try:
            cleaned = field.clean(value, record)
        except ValidationError as error:
            errors[field.name] = error.error_list
            continue
        setattr(record, attname, cleaned)
        if is_plain and type(cleaned) is type(value) and cleaned == value:
            seen.add(value)
    if errors:
        raise ValidationError(errors)


@cache
def _columns(model: Any) -> Sequence[Column]:
    fields = (field for field in model._meta.fields if not (field.is_relation or field.generated))
    return [
        Column(field, field.attname, field.blank, type(field).clean is Field.clean)
        for field in fields
    ]


def _seen(model: Any, columns: Sequence[Column]) -> Any:
    """Return for each of ``columns`` the values it has taken; None where it may not count."""
    known = _known.get()
    if known is None:
        return repeat(None)
    if model not in known:
        known[model] = [set() if column.is_own else None for column in columns]
    return known[model]
