"""Whether the stored documents are what the rules promise: for auditors, and after a restore."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.base.money import ExactMoneyField
from invoices.models import Invoice, Kind, NumberCounter

PLACE = ("series", "series_year", "sequence", "number", "issue_date")


def faults() -> Iterator[str]:
    """Yield a sentence for each gap, date out of order, and amount that does not add up."""
    yield from _numbering()
    invoices = Invoice.objects.issued().filter(kind=Kind.INVOICE)
    yield from _sums(Invoice.objects.issued(), "lines__amount", "subtotal")
    yield from _sums(invoices, "payments__amount", "paid_amount")
    yield from _sums(invoices, "corrections__total", "credited_amount")


def _numbering() -> Iterator[str]:
    # Counters are read with the documents, not before: meanwhile others may be issued.
    counter = NumberCounter.objects.filter(series=OuterRef("series"), year=OuterRef("series_year"))
    documents = Invoice.objects.issued().annotate(last=Subquery(counter.values("last")))
    rows = documents.order_by(*PLACE[:3]).values_list(*PLACE, "last").iterator()
    for _key, group in groupby(rows, key=lambda row: row[:2]):
        yield from _in_one_series(group)
    numbered = Invoice.objects.filter(series=OuterRef("series"), series_year=OuterRef("year"))
    for lonely in NumberCounter.objects.exclude(Exists(numbered)):
        named = {"series": lonely.series, "year": lonely.year}
        yield _("%(series)s %(year)d: every number is missing.") % named


def _in_one_series(rows: Iterable[Any]) -> Iterator[str]:
    """Yield the faults of one series and year; each row ends with where its counter stands."""
    before, day, number, last = 0, None, "", None
    for row in rows:
        sequence, number, issue_date, last = row[2:]
        named = {"number": number, "count": sequence - before - 1}
        if sequence != before + 1:
            yield _("%(number)s: numbers missing before it: %(count)d.") % named
        if day and issue_date < day:
            yield _("%(number)s: its date is before that of the number before.") % named
        before, day = sequence, issue_date
    if before != last:
        counted = {"number": number, "sequence": before, "last": last or 0}
        yield _("%(number)s: the counter stands at %(last)d and not at %(sequence)d.") % counted


def _sums(documents: Any, parts: str, whole: str) -> Iterator[str]:
    """Yield a sentence for each document whose field ``whole`` is not the sum of ``parts``."""
    exact = ExactMoneyField()
    total = Coalesce(Sum(parts, output_field=exact), Value(Decimal(0), exact))
    wrong = documents.order_by().annotate(found=total).exclude(found=F(whole))
    for number, stored, found in wrong.values_list("number", whole, "found").iterator():
        amounts = {"number": number, "field": whole, "stored": stored, "found": found}
        yield _("%(number)s: %(field)s is %(stored)s, its parts come to %(found)s.") % amounts
