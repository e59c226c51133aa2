"""Which documents there are, and what may be done to many at once."""

from datetime import date
from typing import Any, Self

from django.db import transaction

from crm.base.querysets import RecordQuerySet
from invoices.kinds import MUTABLE, Status
from invoices.lines import InvoiceLine, frozen


class InvoiceQuerySet(RecordQuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Whoever may view invoices, or reports of them, sees all; authors change their drafts."""
        may = actor.has_perm("invoices.view_invoice") or actor.has_perm("invoices.view_report")
        return self if may else self.none()

    def issued(self) -> Self:
        return self.exclude(status=Status.DRAFT)

    def overdue(self, today: date) -> Self:
        return self.filter(status=Status.PENDING, due_date__lt=today)

    def audited_update(self, **values: Any) -> int:
        names = {_column(self.model, name) for name in values}
        if names - MUTABLE and self.issued().exists():
            raise frozen()
        return super().audited_update(**values)

    def delete(self) -> Any:
        if self.issued().exists():
            raise frozen()
        with transaction.atomic():
            InvoiceLine.objects.filter(invoice__in=self.values("pk")).delete()
            return super().delete()


def _column(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).attname)
