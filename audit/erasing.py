"""Erases values from the history, for who has the right to be forgotten; the proofs still hold."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from audit.checking import EMPTY, shape_named
from audit.trail import Trail, trails
from crm.base.errors import Conflict, invalid
from crm.base.past.texts import retell
from crm.base.trail.append_only import erasable, erasing
from crm.base.trail.proof import opened, without
from crm.base.trail.security_events import note

Blanks = dict[str, Any]


def erase(table: str, record: int, names: Sequence[str], reason: str) -> int:
    """Empty the fields ``names`` in the record's entries; return how many entries had values.

    ``table`` is the record's, or its model's name as in the feed. A value that the record has today
    is not of the past and stays: change the record first. The erasure is itself an event. Raises
    ``ValidationError`` for an unknown table, a field that cannot be empty or no reason,
    ``Conflict`` when there is nothing to erase.
    """
    trail = _trail(table)
    if not reason.strip():
        raise invalid("reason", _("Say why: the trail keeps it."), "required")
    blanks = dict(_blank(trail, name) for name in names)
    table = trail.model.instance_type._meta.db_table
    with erasing():
        live = trail.model.instance_type._base_manager.filter(pk=record).first()
        rows = trail.entries.filter(**{trail.record: record})
        count = sum(_erase_from(trail, row, live, blanks) for row in rows)
        if not count:
            raise Conflict(_("No entry has a value there that is of the past."), code="no_value")
        retell(trail.model.instance_type, record)
        note("history_erased", table=table, record=record, fields=sorted(set(names)), reason=reason)
    return count


def _trail(table: str) -> Trail:
    for trail in trails():
        live = getattr(trail.model, "instance_type", None)
        if live and table in (live._meta.db_table, live._meta.model_name):
            return trail
    message = _("No history is of this table. Known: %(known)s.") % {"known": ", ".join(known())}
    raise invalid("table", message, "unknown_table")


def known() -> list[str]:
    """Return the names of the models whose past can be erased, as the feed shows them."""
    lives = (getattr(trail.model, "instance_type", None) for trail in trails())
    return sorted(live._meta.model_name for live in lives if live)


def _blank(trail: Trail, name: str) -> tuple[str, Any]:
    """Return the column and what it holds when it is empty."""
    try:
        field: Any = trail.model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise invalid(
            "field", _("There is no field %(name)s.") % {"name": name}, "unknown"
        ) from error
    if field.column in erasable(trail.model) and field.name != "proof":
        if field.null:
            return field.attname, None
        if isinstance(field, models.CharField | models.TextField):
            return field.attname, ""
    raise invalid("field", _("%(name)s cannot be empty.") % {"name": name}, "not_erasable")


def _erase_from(trail: Trail, row: Any, live: Any, blanks: Blanks) -> bool:
    """Empty one entry; return whether there was anything to erase."""
    values = row.__dict__
    past = {
        name: blank
        for name, blank in blanks.items()
        if values[name] not in EMPTY and not (live and live.__dict__[name] == values[name])
    }
    found = opened(row.proof)
    covered = shape_named(trail, found.shape) if found else None
    if not past or not covered:
        return False
    proof = without(row.proof, covered, values, past.keys())
    trail.model._base_manager.filter(pk=row.pk).update(**past, proof=proof)
    return True
