"""000's invoices ("facturas")."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.base.currencies import round_half_up
from crm.base.errors import Conflict
from crm.compat.importing.console_documents import EMAIL, FromMongo, email
from crm.compat.importing.fitting import word
from crm.compat.importing.rows import Refused, Row
from crm.compat.models import LegacyId
from customers.models import Customer
from invoices.models import CompanyProfile, Invoice, Kind, NumberCounter, NumberSeries, Status
from invoices.taken_over import Former, take_over

CODE = "FAC"
STATES = {"pendiente": Status.PENDING, "pagada": Status.PAID, "cancelada": Status.CANCELLED}


class Facturas(FromMongo):
    model = Invoice
    name = "facturas"
    shown = "numero"
    kind = "invoice"

    def begin(self) -> None:
        """Raise ``Conflict`` while nobody has entered who issues invoices."""
        super().begin()
        self._company = CompanyProfile.objects.current()
        if self.run.source.count(self.name) and not self._company.name:
            message = _("Nobody has entered the company's name and address yet.")
            raise Conflict(message, code="company_missing")
        self._zone = ZoneInfo(self._company.time_zone)

    def look_up(self, rows: Sequence[Row]) -> None:
        self._formers: dict[str, Former] = {}  # by the key of their row
        emails = {email(row, "email_cliente", "cliente_email") for row in rows}
        ids = LegacyId.objects.of(self.run.service.slug, EMAIL).filter(legacy_id__in=emails)
        self._customers = dict(ids.values_list("legacy_id", "record_id"))
        self._stored = Customer.objects.in_bulk(self._customers.values())

    def make(self, row: Row) -> Invoice:
        said = email(row, "email_cliente", "cliente_email")
        customer = self._stored.get(self._customers.get(said, 0))
        if customer is None:
            message = _("No customer of the service has this email.")
            raise Refused("customer_missing", message, "email_cliente", said)
        issued_at = self.time(row, "fecha_emision")
        if issued_at is None:
            row.note(
                "undated", _("Without a date: dated on the day of the import."), "fecha_emision"
            )
            issued_at = self.run.began
        number = str(row.values.get("numero") or "")[:50]
        self._formers[row.key] = Former(
            number=number,
            customer=customer,
            description=str(row.values.get("descripcion") or "").strip() or number or "—",
            amount=self._amount(row),
            status=word(row, "estado", row.values.get("estado"), STATES, Status.PENDING),
            issued_at=issued_at,
            issue_date=issued_at.astimezone(self._zone).date(),
        )
        return Invoice()

    def _amount(self, row: Row) -> Decimal:
        column = "monto" if row.values.get("monto") is not None else "importe"
        given = row.values.get(column)
        try:
            amount = Decimal(str(given))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount <= 0:
            raise Refused("bad_amount", _("An invoice is of more than 0."), column, given)
        rounded = round_half_up(amount, self._company.currency)
        if rounded != amount:
            row.note("rounded", _("Rounded to %(amount)s.") % {"amount": rounded}, column, given)
        return rounded

    def store(self, rows: Sequence[Row]) -> None:
        ordered = sorted(rows, key=lambda row: self._formers[row.key].issued_at)
        issued = take_over([self._formers[row.key] for row in ordered])
        for row, invoice in zip(ordered, issued, strict=True):
            row.record = invoice

    def follow(self, row: Row, stored: Any) -> None:
        """Pay or cancel an invoice that was; anything else of it is frozen."""
        former = self._formers[row.key]
        same = (stored.total, stored.legacy_number) == (former.amount, former.number)
        if not same or stored.customer_id != former.customer.pk:
            message = _("An issued invoice stays as it is.")
            raise Conflict(message, code="frozen")
        if former.status == Status.PAID and stored.status == Status.PENDING:
            stored.record_payment(stored.due_amount)
        elif former.status == Status.CANCELLED and stored.status == Status.PENDING:
            stored.cancel()
        elif former.status != stored.status:
            raise Conflict(_("An issued invoice stays as it is."), code="frozen")
        stored.refresh_from_db()

    def remarks(self) -> list[str]:
        """Warn of numbers that are ours to give and that the service has given already."""
        series = NumberSeries.objects.of(Kind.INVOICE)
        counters = NumberCounter.objects.filter(series=series.code).order_by("-last")
        last = next(iter(counters.values_list("last", flat=True)), 0)
        highest = self.highest_id()
        if series.code != CODE or highest <= last:
            return []
        message = _(
            "The service has given numbers up to %(theirs)d, ours go on after %(ours)d: give the "
            "series another code, or the same number will be seen on two invoices."
        )
        return [message % {"theirs": highest, "ours": last}]
