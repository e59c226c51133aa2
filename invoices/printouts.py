"""The files of issued documents: made once, kept under ``MEDIA_ROOT``, named by what they hold."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict
from crm.base.photo_files import write
from invoices.pdf.rendering import Rendered


class Printout(models.Model):
    """Which file an issued document has. A trigger keeps the row as it is."""

    invoice: Any = models.OneToOneField(
        "invoices.Invoice", models.PROTECT, related_name="printout", primary_key=True
    )
    digest = models.CharField(max_length=64)
    # The signs that no font could print.
    missing = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "documents" / self.digest[:2] / f"{self.digest}.pdf"

    def is_there(self) -> bool:
        return self.path.exists()

    def put_back(self, pdf: bytes) -> None:
        """Write the file again that was lost; raises ``Conflict`` for any other than that."""
        if hashlib.sha256(pdf).hexdigest() != self.digest:
            message = _("The file of this document is lost. Restore it from a backup.")
            raise Conflict(message, code="file_lost")
        write(self.path, pdf)


def keep(invoice: Any, rendered: Rendered) -> Printout:
    """Store the file and note it; of two at once the first stays. Raises ``StorageFull``."""
    made = Printout(
        invoice=invoice,
        digest=hashlib.sha256(rendered.pdf).hexdigest(),
        missing=rendered.missing,
    )
    write(made.path, rendered.pdf)
    with suppress(IntegrityError), transaction.atomic():
        made.save(force_insert=True)
    return Printout.objects.get(invoice=invoice)
