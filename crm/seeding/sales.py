"""What is sold to whom, and what becomes of it: the invention behind the invoices."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from django.utils import timezone

from crm.seeding.moments import Calendar
from crm.seeding.plan import Plan
from customers.models import Customer
from invoices.models import CompanyProfile, Invoice, InvoiceLine

SERVICES = {
    "en": ("Consulting", "Web design", "Maintenance", "Training", "Hosting", "Support", "Audit"),
    "es": (
        *("Consultoría", "Diseño web", "Mantenimiento", "Formación", "Alojamiento", "Soporte"),
        "Auditoría",
    ),
    "ru": (
        *("Консультация", "Дизайн сайта", "Обслуживание", "Обучение", "Хостинг", "Поддержка"),
        "Аудит",
    ),
}
PRICES = ("25.00", "45.50", "60.00", "89.90", "120.00", "350.00", "0.0475")
RECENT = timedelta(days=45)


class Sale(NamedTuple):
    """A draft with its lines, and what became of it: one of ``fates``."""

    invoice: Invoice
    lines: list[InvoiceLine]
    moment: datetime
    fate: str


class Sales:
    """Draws the sales of ``plan`` to ``customers``, who are sorted by when they came."""

    def __init__(self, plan: Plan, customers: Sequence[Customer], authors: Sequence[Any]) -> None:
        self.random = Random(f"{plan.seed} {plan.locale} {len(customers)}")  # noqa: S311 — demo data
        self._plan, self._customers, self._authors = plan, customers, authors
        self._since = [customer.registered_at for customer in customers]
        language = plan.locale.partition("_")[0]
        self._services = SERVICES.get(language, SERVICES["en"])
        self._language = language if language in SERVICES else "en"
        self._calendar = Calendar(self.random, plan.until, timezone.get_default_timezone())

    def all(self, count: int, company: CompanyProfile) -> Iterator[Sale]:
        """Yield ``count`` sales in the order in which they happened."""
        rates = company.rates() or [Decimal(0)]
        for moment in self._calendar.beginnings(count):
            invoice = self._invoice(moment, company)
            lines = [self._line(invoice, place, rates) for place in range(1, self._lines() + 1)]
            yield Sale(invoice, lines, moment, self._fate(moment))

    def _lines(self) -> int:
        return self.random.choices((1, 2, 3, 5), (55, 25, 15, 5))[0]

    def author(self) -> Any:
        return self.random.choice(self._authors) if self._authors else None

    def _invoice(self, moment: datetime, company: CompanyProfile) -> Invoice:
        known = max(1, bisect_right(self._since, moment))
        return Invoice(
            customer=self._customers[self.random.randrange(known)],
            currency=company.currency if self.random.random() < 0.9 else "USD",
            language=self._language,
            created_at=moment,
            updated_at=moment,
            created_by=self.author(),
            lines_version=1,
        )

    def _line(self, invoice: Invoice, position: int, rates: Sequence[Decimal]) -> InvoiceLine:
        which = self.random.randrange(len(PRICES))
        price, pick = Decimal(PRICES[which]), self.random
        quantity = pick.randrange(200, 9000) if price < 1 else Decimal(pick.randrange(2, 40)) / 2
        line = InvoiceLine(
            invoice=invoice,
            position=position,
            description=self._services[which],
            quantity=Decimal(quantity),
            unit_price=price,
            tax_rate=rates[0] if pick.random() < 0.8 else pick.choice(rates),
            currency=invoice.currency,
            created_at=invoice.created_at,
            created_by=invoice.created_by,
        )
        line.validate()
        return line

    def _fate(self, moment: datetime) -> str:
        """Return what became of a sale; what is recent is rarely settled."""
        is_recent = moment.date() > self._plan.until - RECENT
        fates = ("draft", "cancelled", "credited", "pending", "part", "paid")
        weights = (20, 3, 3, 44, 8, 22) if is_recent else (1, 5, 4, 10, 6, 74)
        return self.random.choices(fates, weights)[0]

    def later(self, moment: datetime, days: int) -> datetime | None:
        """Return a moment about ``days`` later; None when it is yet to come."""
        when = moment + timedelta(days=1 + int(self.random.expovariate(1 / days)))
        return when if self.day(when) < self._plan.until else None

    @staticmethod
    def day(moment: datetime) -> date:
        return timezone.localdate(moment, timezone.get_default_timezone())
