"""Entries of the feed in words: names for numbers, labels for fields, and where they lead."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from audit.tables import EventTable, tables
from crm.base.api.permissions import permission
from crm.base.back_office import history
from crm.base.readable import details, role_label, source_label
from crm.base.trail.event_kinds import COLOURS, title

Values = dict[str, Any]


def in_words(entries: Sequence[Values], actor: Any) -> list[Values]:
    """Return ``entries`` as people read them, in their order; as many statements as tables."""
    return history.in_words(entries, partial(_of_table, actor=actor))


def _of_table(name: str, entries: list[Values], actor: Any) -> list[Values]:
    model = tables()[name].model
    if name == EventTable.name:
        return [event_in_words(entry) for entry in entries]
    kind = capfirst(str(model._meta.verbose_name))
    return [
        {**entry, "kind": kind, "link": link(model, entry["record_id"], actor)}
        for entry in history.shown(entries, model, actor)
    ]


def link(model: Any, pk: int, actor: Any) -> str:
    """Return the address of the record's page; "" when ``actor`` may not open it, or none is."""
    if not actor.has_perm(permission(model, "view")):
        return ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
    except NoReverseMatch:
        return ""


def event_in_words(entry: Values) -> Values:
    kind = entry["action"]
    return {
        **entry,
        "action": title(kind),
        "colour": COLOURS.get(kind, "info"),
        "label": "",
        "role": role_label(entry["user"]["role"]),
        "source": source_label(entry["source"]),
        "lines": list(_details(entry["new_values"])),
    }


def _details(values: Values) -> Iterator[tuple[str, str, str]]:
    """Yield ``(label, "", text)`` of what an event tells."""
    return ((label, "", text) for label, text in details(values))
