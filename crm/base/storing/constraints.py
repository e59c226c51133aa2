"""Turns a constraint that fired into the conflict it stands for.

The answer of a lost race is the same as the sequential one, because both come from here.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from crm.base.errors import Conflict

SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<name>\w+)'|(?P<columns>.+))")
SQLITE_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")
POSTGRESQL_COLUMNS = re.compile(r"Key \((?P<columns>[\w, ]+)\)=")


def conflict_of(error: IntegrityError) -> Conflict:
    """Return the conflict to report for ``error``, naming the fields when they are known."""
    names = tuple(_fields(error))
    if not names:
        return Conflict(code="conflict")
    detail = _("Another record has this value already.")
    return Conflict(detail, code="taken", fields=dict.fromkeys(names, detail))


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
