"""Checks the stored documents: numbers without gaps, dates in their order, sums that add up."""

from typing import Any

from django.core.management import CommandError
from django.utils.translation import gettext as _

from crm.management.audited import AuditedCommand
from invoices.books import faults
from invoices.models import Invoice


class Command(AuditedCommand):
    help = (
        "Tells whether numbers are without gaps, dates in the order of numbers, and amounts the "
        "sums of their lines, payments and credit notes; exits with 1 when something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(_("Faults found: %(count)d") % {"count": len(found)})
        count = {"count": Invoice.objects.issued().count()}
        self.stdout.write(_("Issued documents: %(count)d. Nothing is wrong.") % count)
