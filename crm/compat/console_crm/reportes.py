"""Its report: what was billed to each customer, paid, and is still to be paid."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from crm.base.api.plans import Row
from crm.base.storing import tallies
from crm.compat import arrays
from crm.compat.answers import Answers
from crm.compat.console_crm.signed import SEE_CUSTOMERS, SignedEndpoint
from customers.models import CustomerQuerySet
from invoices import customer_report, reports
from invoices.models import CompanyProfile, Invoice, InvoiceQuerySet
from invoices.report_views import ReportViewSet

ZERO = Decimal(0)
NOTHING = {"count": 0, "invoiced": ZERO, "credited": ZERO, "paid": ZERO, "pending": ZERO}


class Report(SignedEndpoint, ReportViewSet):
    verbs: ClassVar = {"summary": ReportViewSet.verbs["customers"]}
    needs = (SEE_CUSTOMERS,)
    answers: ClassVar[Answers] = {"not_found": (404, "No hay usuarios registrados.")}
    may_answer: ClassVar = ("not_found",)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def summary(self, request: Request) -> Any:
        """The sums of all users and of each, in the company's currency."""
        invoices = self.billed()
        customers = self.reported(invoices)
        if not customers.exists():
            raise Http404
        totals = {
            "total_usuarios": tallies.total(self.known_customers().live()),
            **sums_of(invoices),
        }
        moment = timezone.now()
        pieces = (self.rows(customers, invoices, pks) for pks in arrays.batches(customers))

        def report(rows: list[Row]) -> Row:
            told = {"timestamp": moment, "resumen_general": totals, "usuarios": rows}
            return {"reporte": told}

        return arrays.answer(pieces, report)

    def billed(self) -> InvoiceQuerySet:
        """Return the documents in the company's currency: others cannot be added to them."""
        user: Any = self.request.user
        visible: Any = Invoice.objects.all().visible_to(user)
        invoices: InvoiceQuerySet = visible.filter(
            currency=CompanyProfile.objects.current().currency
        )
        return invoices

    def reported(self, invoices: InvoiceQuerySet) -> CustomerQuerySet:
        """Return who is in the report: the live ones, and whoever was billed and archived since."""
        billed = invoices.issued().filter(customer=OuterRef("pk"))
        return self.known_customers().filter(Q(archived_at=None) | Exists(billed))

    def rows(
        self, customers: CustomerQuerySet, invoices: InvoiceQuerySet, pks: Sequence[int]
    ) -> list[Row]:
        billed = customer_report.by_customer(invoices.filter(customer__in=pks))
        found = {row["customer_id"]: row for row in billed}
        listed = customers.filter(pk__in=pks).order_by("pk")
        return [
            {"nombre": str(one), "email": one.email, **amounts(found.get(one.pk, NOTHING))}
            for one in listed
        ]


def amounts(row: Row) -> Row:
    """Return what a customer's row of the report comes to; what was taken back is no income."""
    return {
        "total_facturas": row["count"],
        "monto_total": float(row["invoiced"] - row["credited"]),
        "monto_pagado": float(row["paid"]),
        "monto_pendiente": float(row["pending"]),
    }


def sums_of(invoices: InvoiceQuerySet) -> Row:
    """Return what all ``invoices`` come to, with one statement."""
    states = reports.states(reports.by_day_and_status(invoices))

    def total(name: str) -> Decimal:
        return sum((row[name] for row in states), ZERO)

    return {
        "total_facturas": sum(row["count"] for row in states),
        "ingresos_totales": float(total("total") - total("credited")),
        "ingresos_pagados": float(total("paid")),
        "ingresos_pendientes": float(total("pending")),
    }
