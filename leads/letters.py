"""What notices about leads say in the same way."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from crm.base.outbox.kinds import Line
from crm.base.readable import label, readable
from leads.lead import Lead

HOW_TO_REACH = ("email", "phone", "instagram")


def page(record: Any) -> str:
    """Return the path of the record's page in the back office."""
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])


def named(lead: Lead) -> Line:
    return Line(str(lead), page(lead))


def facts(lead: Lead, reader: Any, names: Iterable[str]) -> list[Line]:
    """Return a line for each of the fields ``names`` that has a value and is not hidden."""
    hidden = lead.hidden_fields(reader)
    values = {name: getattr(lead, name) for name in names if name not in hidden}
    fields = {name: lead._meta.get_field(name) for name in values}
    return [
        Line(f"{label(fields[name])}: {readable(fields[name], value)}")
        for name, value in values.items()
        if value
    ]


def others(count: int, path: str) -> list[Line]:
    """Return the line that says how many more there are than are named, if any."""
    text = ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count}
    return [Line(text, path)] if count else []
