"""A record's history as it is answered: with that of what belongs to the record."""

from functools import partial
from typing import Any

from django.http import QueryDict

from crm.base.api.merging import MergedPage, Part
from crm.base.api.pagination import Page
from crm.base.trail import timeline
from crm.base.trail.history import history_model


def history_answer(record: Any, actor: Any, query: QueryDict, path: str) -> dict[str, Any]:
    """Return a page of entries, newest first, as ``actor`` may see them.

    Whoever may see the record may see what is told with it.
    """
    if record.told_with:
        models = models_of(record)
        parts = [_part(model, actor, whose) for model, whose in models.values()]
        merged = MergedPage(parts, list(models), query)
        return merged.answer(path, merged.entries)
    hidden = type(record).hidden_fields(actor)
    history = timeline.told(record, hidden)
    page = Page(history, ["-history_id"], query)
    return page.answer(path, lambda rows: timeline.entries(rows, history, hidden))


def models_of(record: Any) -> dict[str, tuple[Any, dict[str, int]]]:
    """Return the models that its history tells of, by table, and what their rows have in common.

    Those of the records ``told_with`` it that are gone are among them.
    """
    relations = [record._meta.get_field(name) for name in record.told_with]
    belonging = [(one.related_model, {one.field.attname: record.pk}) for one in relations]
    found = [(type(record), {"id": record.pk}), *belonging]
    return {model._meta.model_name: (model, whose) for model, whose in found}


def _part(model: Any, actor: Any, whose: dict[str, int]) -> Part:
    hidden = model.hidden_fields(actor)
    rows = timeline.without(history_model(model).objects.filter(**whose), hidden)
    entries = partial(timeline.numbered, model, hidden=hidden)
    return Part(model._meta.model_name, rows, timeline.ORDER, entries)
