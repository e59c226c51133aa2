"""Putting a record back to what it was: a change as any other, made of what its history tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.base.context import acting
from crm.base.trail.differences import SILENT


@dataclass(frozen=True)
class Difference:
    """A field that was another then; ``obstacle`` says why it stays as it is now, "" if it goes."""

    name: str
    now: Any
    then: Any
    obstacle: str = ""


def differences(record: Any, version: Any, hidden: frozenset[str]) -> list[Difference]:
    """Return what was different of ``record`` at ``version``, an entry of its history.

    What is hidden is not told, and stays.
    """
    fields = [field for field in version.tracked_fields if field.name not in SILENT | hidden]
    found = [
        Difference(field.name, field.value_from_object(record), field.value_from_object(version))
        for field in fields
        if getattr(record, field.attname) != getattr(version, field.attname)
    ]
    return [Difference(d.name, d.now, d.then, _obstacle(record, d)) for d in found]


def _obstacle(record: Any, difference: Difference) -> str:
    if difference.name not in record.restorable:
        return str(record.left_alone.get(difference.name) or _("It follows from other fields."))
    return str(record.gone(difference.name, difference.then))


def put_back(record: Any, version: Any, hidden: frozenset[str]) -> Sequence[Difference]:
    """Give ``record`` the values of ``version``, and return what was different.

    Raises what any change of it may: rights, rules and constraints are those of today.
    """
    found = differences(record, version, hidden)
    for difference in found:
        if not difference.obstacle:
            attname = record._meta.get_field(difference.name).attname
            setattr(record, attname, getattr(version, attname))
    with acting(reason=reason(version)):
        record.take_back(version)
    return found


def reason(version: Any) -> str:
    """Return what the history tells of it, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Put back to version %(version)d of %(moment)s UTC") % {
            "version": version.version,
            "moment": date_format(version.history_date, "SHORT_DATETIME_FORMAT"),
        }
