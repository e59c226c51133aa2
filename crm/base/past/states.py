"""What records were at a moment, told by their histories."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from crm.base.past.texts import stored, words
from crm.base.trail.differences import DELETE
from crm.base.trail.history import history_model

_NEWEST = """(
    SELECT search_text FROM "{texts}" WHERE record_id = "{past}".id AND until > %s
    ORDER BY until LIMIT 1
)"""


def state_of(model: Any, moment: datetime) -> QuerySet[Any]:
    """Return the entry of each record of ``model`` that tells what it was at ``moment``.

    That is the newest until then, unless it tells of a deletion. No record is older than its
    creation, which lets an index on that begin at ``moment``.
    """
    known = history_model(model).objects.filter(history_date__lte=moment)
    later = known.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    newest = known.filter(~Exists(later), created_at__lte=moment)
    found: QuerySet[Any] = newest.exclude(history_type="-").order_by()
    return found


def deleted_since(model: Any, moment: datetime) -> bool:
    """Tell whether any record has been deleted after ``moment``."""
    deletions = history_model(model).objects.filter(action=DELETE, history_date__gt=moment)
    return bool(deletions.exists())


def columns_then(model: Any, moment: datetime, *, searched: bool = False) -> dict[str, Any]:
    """Return an expression on such an entry for each column of ``model`` that can be told.

    What search reads is told only when it is ``searched``.
    """
    tracked = history_model(model).tracked_fields
    columns: dict[str, Any] = {field.column: F(field.attname) for field in tracked}
    # They are the same, and one of them has an index.
    columns["updated_at"] = F("history_date")
    if searched and model.searchable:
        columns["search_text"] = text_then(model, moment)
    return {**columns, **model.untracked_then(moment)}


def text_then(model: Any, moment: datetime) -> Any:
    """Return an expression on an entry of the model's history: what search read at ``moment``."""
    past = history_model(model)._meta.db_table
    replaced = RawSQL(  # noqa: S611 — our own names
        _NEWEST.format(**words(model), past=past), [stored(moment)], output_field=TextField()
    )
    live = model._base_manager.filter(pk=OuterRef("id")).values("search_text")
    return Coalesce(replaced, Subquery(live))
