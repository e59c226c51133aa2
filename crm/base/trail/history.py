"""The audit trail: every history row names its actor, even after the actor is gone."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.base.context import current
from crm.base.trail.differences import action, changed_names
from crm.base.trail.history_indexes import history_indexes
from crm.base.trail.names import NamesField
from crm.base.trail.proof import prove
from crm.base.trail.shapes import shape_of


class HistoryEntry(models.Model):
    """What every history row tells beside the record's fields.

    ``changed`` names the fields that differ from the entry before, the system's own
    (``crm.base.trail.differences.SILENT``) left out: of an update, archiving or restoring. A
    creation and a deletion, which are about all of them, name none.
    """

    append_only = True

    actor_name = models.CharField(_("by"), max_length=150)
    actor_role = models.CharField(_("role"), max_length=20)
    source = models.CharField(_("source"), max_length=10)
    request_id = models.CharField(_("request"), max_length=64)
    action = models.CharField(_("action"), max_length=10, db_default="")
    changed = NamesField(_("changed"), default=list, db_default=Value([], NamesField()))
    proof = models.TextField(_("proof"), blank=True, default="", db_default="")

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


def entry_values(
    record: Any, history_type: str, changed: list[str], columns: dict[str, Any]
) -> dict[str, Any]:
    """Return the history row of ``record`` as it is now; ``columns`` is ``stamp()``."""
    kind: Any = type(record)
    model = history_model(kind)
    values = {
        **{field.attname: getattr(record, field.attname) for field in model.tracked_fields},
        **columns,
        "action": action(history_type, changed, record),
        "changed": changed,
        "history_type": history_type,
        "history_date": timezone.now() if history_type == "-" else record.updated_at,
    }
    return {**values, "proof": prove(shape_of(model), values)}


class History(HistoricalRecords):
    """django-simple-history with our columns and no foreign key to the user.

    The row is one INSERT without the library's signals, which nobody here listens to.
    """

    _date_indexing = False  # the date is the end of our own indexes

    def __init__(self, *, asked_by: Sequence[str] = (), **options: Any) -> None:
        """``asked_by`` names the fields, or several in one text, that lists of the past go by."""
        self.asked_by = asked_by
        super().__init__(
            bases=(HistoryEntry,),
            history_id_field=models.BigAutoField(),
            history_user_id_field=models.BigIntegerField(_("user"), null=True),
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
        indexes = history_indexes(str(model._meta.model_name)[:17], self.asked_by)
        return {**super().get_meta_options(model), "indexes": indexes}

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        if history_type == "+":  # crm.base.trail.inserts wrote it with the row
            return
        before = instance.__dict__ if history_type == "-" else instance.__dict__["_loaded"]
        kind: Any = type(instance)
        changed = changed_names(kind, before, instance.__dict__)
        values = entry_values(instance, history_type, changed, stamp())
        history_model(kind)(**values).save(force_insert=True)
