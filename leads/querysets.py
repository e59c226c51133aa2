"""Which leads, actions and processes: whose they are, and which ones want attention."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from crm.base import as_of
from crm.base.querysets import RecordQuerySet
from leads.choices import FINISHED, OPEN, ProcessStatus
from leads.rights import visible


class LeadQuerySet(RecordQuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Salespeople see the leads assigned to them, and no trace of others."""
        found: Self = visible(self, actor, "assigned_to")
        return found

    def open(self) -> Self:
        """Keep the live leads that are neither won nor discarded."""
        return self.live().in_pipeline()

    def in_pipeline(self) -> Self:
        return self.filter(status__in=OPEN)

    def finished(self) -> Self:
        return self.filter(status__in=FINISHED)

    def overdue(self, now: datetime | None = None) -> Self:
        """Keep the leads whose next step should have been taken."""
        return self.filter(Exists(self._processes().overdue(now)))

    def not_overdue(self, now: datetime | None = None) -> Self:
        return self.filter(~Exists(self._processes().overdue(now)))

    def without_step(self) -> Self:
        """Keep the open leads with which nothing is planned."""
        return self.open().filter(~Exists(self._processes().open()))

    def stale(self, since: datetime) -> Self:
        """Keep the open leads that nobody has touched since then."""
        return self.open().filter(touched_at__lt=since)

    def _processes(self) -> "ProcessQuerySet":
        """Return the processes of each lead, for a subquery."""
        process: Any = self.model._meta.get_field("processes").related_model
        found: ProcessQuerySet = process.objects.filter(lead=OuterRef("pk"))
        return found


class ActionQuerySet(RecordQuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Who sees a lead sees what was done about it."""
        found: Self = visible(self, actor, "lead__assigned_to", "leads.view_action")
        return found


class ProcessQuerySet(RecordQuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Who sees a lead sees what happens next; those who oversee, also what has no lead."""
        found: Self = visible(self, actor, "owner", "leads.view_process")
        return found

    def open(self) -> Self:
        return self.filter(~Q(status=ProcessStatus.COMPLETED))

    def due(self, before: datetime) -> Self:
        """Keep the open ones whose follow-up is before that moment."""
        return self.open().filter(next_followup_at__lt=before)

    def overdue(self, now: datetime | None = None) -> Self:
        return self.due(now or as_of.now())

    def not_overdue(self, now: datetime | None = None) -> Self:
        later = Q(next_followup_at=None) | Q(next_followup_at__gte=now or as_of.now())
        return self.filter(later | Q(status=ProcessStatus.COMPLETED))

    def give_to(self, owner_id: int | None) -> int:
        """Let the processes follow their leads, which were assigned to that user."""
        return self.derived_update(owner_id=owner_id)
