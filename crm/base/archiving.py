"""Records that are archived instead of deleted."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict, NeedsConfirmation
from crm.base.records import Record
from crm.base.registry import archive_guards, archived

ARCHIVING = _("Archive or restore the record instead.")


class Archivable(Record):
    """A record that is archived instead of deleted."""

    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    class Meta:
        abstract = True

    def archive(self, *, confirmed: bool = False) -> None:
        """Take the record out of lists; what points to it stays.

        Raises ``NeedsConfirmation`` with the reasons against it unless ``confirmed``.
        """
        if self.archived_at:
            return
        reasons = archive_guards.ask(self)
        if reasons and not confirmed:
            raise NeedsConfirmation(reasons)
        self.archived_at = timezone.now()
        self.save()
        archived.ask(self)

    def guard(self, changed: list[str]) -> None:
        if self.archived_at and "archived_at" not in changed:
            raise Conflict(_("This record is archived. Restore it first."), code="archived")

    def restore(self) -> None:
        """Bring an archived record back; raises ``Conflict`` when it is not archived."""
        if not self.archived_at:
            raise Conflict(_("This record is not archived."), code="not_archived")
        self.archived_at = None
        self.save()
