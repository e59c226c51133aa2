"""Turns a constraint that fired into the conflict it stands for.

The answer of a lost race is the same as the sequential one, because both come from here.
"""

import re
from collections.abc import Iterator
from functools import cache, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from crm.base.errors import Conflict

SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<name>\w+)'|(?P<columns>.+))")
POSTGRESQL_COLUMNS = re.compile(r"Key \((?P<columns>[\w, ]+)\)=")


def conflict_of(error: IntegrityError) -> Conflict:
    """Return the conflict to report for ``error``, naming the fields when they are known."""
    names = tuple(_fields(error))
    if not names:
        return Conflict(code="conflict")
    record = getattr(error, "record", None)
    if record is not None and not connection.needs_rollback:
        names = tuple(dict.fromkeys((*taken(record), *names)))
    detail = _("Another record has this value already.")
    return Conflict(detail, code="taken", fields=dict.fromkeys(names, detail))


def blame(error: Any, record: Any) -> None:
    """Note whose write ``error`` refused: the database names one constraint, and stops there."""
    if not hasattr(error, "record"):
        error.record = record


def taken(record: Any) -> list[str]:
    """Return the fields of which another record has the value already; one statement tells."""
    kind: Any = type(record)
    rules = {
        name: Q(**{name: getattr(record, name), **condition})
        for name, condition in _unique(kind).items()
        if getattr(record, name) is not None
        and all(getattr(record, other) == value for other, value in condition.items())
    }
    if not rules:
        return []
    others = kind._base_manager.exclude(pk=record.pk).filter(reduce(or_, rules.values()))
    found = others.aggregate(**{name: Count("pk", filter=rule) for name, rule in rules.items()})
    return [name for name in rules if found[name]]


@cache
def _unique(model: Any) -> dict[str, dict[str, Any]]:
    """Return the fields that are given and unique by themselves, in their order.

    Each has the values of other fields among which it is unique: of live records, mostly.
    """
    fields = {field.name: field for field in model._meta.concrete_fields if not field.primary_key}
    given = (name for name, field in fields.items() if field.unique and field.editable)
    alone: dict[str, dict[str, Any]] = {name: {} for name in given}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and len(constraint.fields) == 1:
            equal: Any = constraint.condition.children if constraint.condition else ()
            if dict(equal).keys() <= fields.keys():
                alone[constraint.fields[0]] = dict(equal)
    return {name: alone[name] for name in fields if name in alone}


def _fields(error: IntegrityError) -> Iterator[str]:
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is not None:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            yield from _postgresql_fields(diagnostics)
        return
    found = SQLITE_UNIQUE.search(str(error))
    if found and found["columns"]:
        yield from (_visible(column.split(".")[-1]) for column in found["columns"].split(", "))
    elif found:
        yield from fields_of_constraint(found["name"])


def _postgresql_fields(diagnostics: Any) -> Iterator[str]:
    named = fields_of_constraint(diagnostics.constraint_name or "")
    if named:
        yield from named
        return
    found = POSTGRESQL_COLUMNS.search(diagnostics.message_detail or "")
    if found:
        yield from (_visible(column) for column in found["columns"].split(", "))


def _visible(column: str) -> str:
    return column.removesuffix("_id") if column.endswith("_by_id") else column


def fields_of_constraint(name: str) -> tuple[str, ...]:
    """Return the fields of the model constraint called ``name``."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and isinstance(constraint, models.UniqueConstraint):
                return tuple(constraint.fields)
    return ()
