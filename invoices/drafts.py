"""How a draft and its lines are stored together."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.base.api.field_errors import WHOLE
from crm.base.errors import invalid
from crm.base.past.states import state_of
from invoices.arithmetic import taxes_on, totals_of
from invoices.lines import BLANK, InvoiceLine

MOST_LINES = 500


def write(invoice: Any, given: Sequence[Mapping[str, Any]] | None) -> None:
    """Store ``invoice`` with the lines ``given``; with None it keeps its own."""
    if given is None and (invoice.pk is None or "currency" in invoice.changed_fields()):
        given = [line.given() for line in invoice.lines.all()] if invoice.pk else []
    with transaction.atomic():
        if given is None:
            invoice.save()
        else:
            _write_with_lines(invoice, given)


def _write_with_lines(invoice: Any, given: Sequence[Mapping[str, Any]]) -> None:
    if len(given) > MOST_LINES:
        message = _("A document has at most %(most)d lines.") % {"most": MOST_LINES}
        raise invalid("lines", message, "too_many")
    if not invoice.pk:
        invoice.complete()
    stored = list(invoice.lines.all()) if invoice.pk else []
    lines = _lines(invoice, given, stored)
    changed = [line for line in lines if line.pk and line.changed_fields()]
    added = [line for line in lines if not line.pk]
    surplus = stored[len(lines) :]
    invoice.apply(totals_of(taxes_on(_taxable(lines), invoice.currency), invoice.currency))
    invoice.lines_version += bool(changed or added or surplus)
    invoice.save()
    for line in surplus:
        line.delete()
    for line in changed:
        line.save()
    if added:
        InvoiceLine.objects.audited_bulk_create(added)


def take_back(invoice: Any, version: Any) -> None:
    """Store ``invoice`` with the lines it had at ``version``, an entry of its history."""
    had_others = invoice.lines_version != invoice._loaded["lines_version"]
    invoice.lines_version = invoice._loaded["lines_version"]  # which only ever grows
    write(invoice, lines_then(version) if had_others else None)


def lines_then(version: Any) -> list[dict[str, Any]]:
    """Return what was entered of each line when ``version`` was the newest.

    Lines are written after their document, so those before its next version are meant.
    """
    later = type(version).objects.filter(id=version.id, history_id__gt=version.history_id)
    until = later.order_by("history_id").values_list("history_date", flat=True).first()
    moment = until - timedelta(microseconds=1) if until else timezone.now()
    lines = state_of(InvoiceLine, moment).filter(invoice_id=version.id).order_by("position")
    return [{name: getattr(line, name) for name in BLANK} for line in lines]


def _taxable(lines: Sequence[InvoiceLine]) -> list[tuple[Any, Any]]:
    return [(line.tax_rate, line.amount) for line in lines]


def _lines(
    invoice: Any, given: Sequence[Mapping[str, Any]], stored: Sequence[InvoiceLine]
) -> list[InvoiceLine]:
    """Return a valid line for each that is given: the stored one at its place, or a new one."""
    lines: list[InvoiceLine] = []
    errors: dict[str, Any] = {}
    for index, values in enumerate(given):
        line = stored[index] if index < len(stored) else InvoiceLine(position=index + 1)
        line.invoice, line.currency = invoice, invoice.currency
        for name, value in {**BLANK, **values}.items():
            setattr(line, name, value)
        try:
            line.validate()
        except ValidationError as error:
            errors |= {_place(index, name): found for name, found in error.error_dict.items()}
        lines.append(line)
    if errors:
        raise ValidationError(errors)
    return lines


def _place(index: int, name: str) -> str:
    return f"lines.{index}" if name == WHOLE or name == "__all__" else f"lines.{index}.{name}"
