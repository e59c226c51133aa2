"""What the audit trail keeps beside the histories: proofs that they are whole."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """That certain entries of one table were there at a time; each seal covers the one before.

    ``ranges`` names the entries by their numbers, as 1-500,503: what commits late is in a later
    seal. ``digest`` is of all of them in order, ``traces`` holds six bytes for each, which tell
    those apart that were changed. ``mac`` covers all but the traces, and the ``mac`` before.
    """

    append_only = True
    erasable: ClassVar[Sequence[str]] = ()

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    sealed_at = models.DateTimeField(_("sealed"), default=timezone.now)
    table = models.CharField(_("table"), max_length=100)
    first_id = models.BigIntegerField(_("first entry"))
    last_id = models.BigIntegerField(_("last entry"))
    count = models.PositiveIntegerField(_("entries"))
    ranges = models.TextField()
    digest = models.CharField(max_length=64)
    traces = models.BinaryField()
    previous = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(_("key"), max_length=20)
    mac = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        indexes = [
            models.Index(fields=["table", "last_id"], name="seal_by_entry"),
            models.Index(fields=["table", "sealed_at"], name="seal_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.table}"
