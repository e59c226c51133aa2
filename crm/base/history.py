"""The audit trail: every history row names its actor, even after the actor is gone."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.base.context import current


class HistoryEntry(models.Model):
    """What every history row tells beside the record's fields."""

    append_only = True

    actor_name = models.CharField(_("by"), max_length=150)
    actor_role = models.CharField(_("role"), max_length=20)
    source = models.CharField(_("source"), max_length=10)
    request_id = models.CharField(_("request"), max_length=64)

    class Meta:
        abstract = True


def acting_user() -> Any:
    """Return the user who acts; None for the system, API keys and the public."""
    actor: Any = current().actor
    return actor if isinstance(actor, AbstractBaseUser) else None


def actor_id() -> int | None:
    user = acting_user()
    return user.pk if user else None


@cache
def history_model(model: Any) -> Any:
    """Return the model of the history rows; ``model.history`` builds a manager at every access."""
    return model.history.model


def stamp() -> dict[str, Any]:
    """Return the columns of a history row that tell who writes it, from where and why."""
    context = current()
    return {
        "actor_name": context.actor_name,
        "actor_role": context.actor_role,
        "history_user_id": actor_id(),
        "source": context.source,
        "request_id": context.request_id,
        "history_change_reason": context.reason,
    }


def entry(record: Any, history_type: str, columns: dict[str, Any]) -> models.Model:
    """Return the unsaved history row of ``record`` as it is now."""
    kind: Any = type(record)
    model = history_model(kind)
    values = {field.attname: getattr(record, field.attname) for field in model.tracked_fields}
    date = timezone.now() if history_type == "-" else record.updated_at
    history_row: models.Model = model(
        **values, **columns, history_type=history_type, history_date=date
    )
    return history_row


COPY = (
    "INSERT INTO {history} ({copied}, {stamped}, history_type, history_date) "
    "SELECT {copied}, {values}, %s, updated_at FROM {source}"
)


@cache
def copying(model: Any, source: str) -> str:
    """Return the statement that writes history rows of what ``source`` holds of ``model``.

    Its parameters are the values of ``stamp()`` and the type of the change.
    """
    history = history_model(model)
    quote = connection.ops.quote_name
    columns = stamp()
    return COPY.format(
        history=quote(history._meta.db_table),
        copied=", ".join(quote(field.column) for field in history.tracked_fields),
        stamped=", ".join(map(quote, columns)),
        values=", ".join(["%s"] * len(columns)),
        source=source,
    )


def copy_rows(model: Any, pks: Sequence[int], history_type: str) -> None:
    """Write the history rows of many records as they are now, in one statement.

    The database copies what it holds: many times faster than to send it all again, and equal.
    """
    records = connection.ops.quote_name(model._meta.db_table)
    chosen = f"WHERE id IN ({', '.join(['%s'] * len(pks))}) ORDER BY id"
    with connection.cursor() as cursor:
        statement = f"{copying(model, records)} {chosen}"
        cursor.execute(statement, [*stamp().values(), history_type, *pks])


class History(HistoricalRecords):
    """django-simple-history with our columns and no foreign key to the user.

    The row is one INSERT without the library's signals, which nobody here listens to.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            bases=(HistoryEntry,),
            history_id_field=models.BigAutoField(),
            history_user_id_field=models.BigIntegerField(_("user"), null=True, db_index=True),
            history_change_reason_field=models.CharField(_("reason"), max_length=500, blank=True),
            **options,
        )

    def copy_fields(self, model: type[models.Model]) -> Any:
        """Copy the fields without their indexes, each of which would cost every write."""
        fields = super().copy_fields(model)
        for field in fields.values():
            field.db_index = False
        return fields

    def get_meta_options(self, model: type[models.Model]) -> Any:
        """Add the indexes for a record's history, newest first, and for a request's."""
        label = str(model._meta.model_name)[:17]
        indexes = [
            models.Index(fields=["id", "history_id"], name=f"{label}_past"),
            models.Index(fields=["request_id"], name=f"{label}_past_request"),
        ]
        return {**super().get_meta_options(model), "indexes": indexes}

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        if history_type != "+":  # crm.base.inserts wrote it with the row
            entry(instance, history_type, stamp()).save(force_insert=True)
