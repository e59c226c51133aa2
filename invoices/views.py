"""Invoices over the API."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base import as_of
from crm.base.api.exports import Exportable
from crm.base.api.pagination import PARAMETERS, Page
from crm.base.api.serializers import RecordSerializer
from crm.base.past.travel_viewsets import TimeTravel
from crm.base.past.version_viewsets import Versioned
from crm.base.querysets import RecordQuerySet
from invoices.filters import InvoiceFilter
from invoices.models import Invoice, Payment
from invoices.pdf_files import pdf_response
from invoices.serializers import (
    CancelBody,
    CreditBody,
    InvoiceRowSerializer,
    InvoiceSerializer,
    IssueBody,
    PaymentBody,
    PaymentSerializer,
    ReverseBody,
)

DATES = ("issue_date", "due_date")


class InvoiceViewSet(Exportable, TimeTravel, Versioned):
    """Invoices and credit notes; only drafts are changed and deleted.

    Ordered by a date, the list leaves out the documents that have none.
    """

    queryset = Invoice.objects.all()
    serializer_class: type[RecordSerializer] = InvoiceSerializer
    filterset_class = InvoiceFilter
    orderings: ClassVar = {
        "id": ("id",),
        "number": ("series", "series_year", "sequence", "id"),
        "issue_date": ("issue_date", "id"),
        "due_date": ("due_date", "id"),
        "created_at": ("created_at", "id"),
        "updated_at": ("updated_at", "id"),
    }
    verbs: ClassVar = {
        "destroy": "delete",
        **dict.fromkeys(("issue", "cancel", "credit", "pay", "reverse"), "manage"),
        **dict.fromkeys(("payments", "pdf"), "view"),
    }
    matched: ClassVar = frozenset(
        {"partial_update", "destroy", "issue", "cancel", "credit", "put_back"}
    )
    travelling: ClassVar = TimeTravel.travelling | {"payments"}
    parameters: ClassVar = {"payments": PARAMETERS}

    def get_serializer_class(self) -> type[RecordSerializer]:
        return InvoiceRowSerializer if self.verb == "list" else InvoiceSerializer

    def serializer(self) -> RecordSerializer:
        return self.get_serializer_class()(context=self.get_serializer_context())

    def narrowed(self) -> RecordQuerySet[Any]:
        column = self.ordering()[0].lstrip("-")
        given: dict[str, Any] = {f"{column}__isnull": False} if column in DATES else {}
        if column == "issue_date" and as_of.journey():
            # No document is dated in the future, wherever the company is: begin there.
            given["issue_date__lte"] = (as_of.now() + timedelta(days=1)).date()
        return super().narrowed().filter(**given)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a draft."""
        self.get_object().delete()
        return Response(status=204)

    @extend_schema(request=IssueBody, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """Give the draft its number and date; nothing it says changes any more."""
        invoice = self.get_object()
        invoice.issue(IssueBody.of(self)["issue_date"])
        return self.answer(invoice)

    @extend_schema(request=CancelBody, responses={201: InvoiceSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Take back what is not credited yet; the answer is the credit note that does."""
        invoice = self.get_object()
        return self.answer(invoice.cancel(CancelBody.of(self)["description"]), status=201)

    @extend_schema(request=CreditBody, responses={201: InvoiceSerializer})
    @action(detail=True, methods=["post"])
    def credit(self, request: Request, pk: str) -> Response:
        """Take a part back; the answer is the credit note that does."""
        invoice, values = self.get_object(), CreditBody.of(self)
        return self.answer(invoice.credit(values["lines"], values["description"]), status=201)

    @extend_schema(responses=PaymentSerializer(many=True), filters=False)
    @action(detail=True)
    def payments(self, request: Request, pk: str) -> Response:
        """What was paid and reversed, newest first."""
        page = Page(self.get_object().payments.all(), ["-id"], request.query_params)
        return Response(page.answer(request.path, PaymentSerializer().rows))

    @extend_schema(request=PaymentBody, responses={201: PaymentSerializer})
    @payments.mapping.post
    def pay(self, request: Request, pk: str) -> Response:
        """Note a payment, of no more than is due."""
        invoice, values = self.get_object(), PaymentBody.of(self)
        values["on"] = values.pop("payment_date")
        return self.entered(invoice.record_payment(**values))

    @extend_schema(
        request=ReverseBody,
        responses={201: PaymentSerializer},
        parameters=[OpenApiParameter("payment", int, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["post"], url_path="payments/(?P<payment>[0-9]{1,18})/reverse")
    def reverse(self, request: Request, pk: str, payment: str) -> Response:
        """Take a payment back; the answer is the entry that does."""
        found: Iterable[Payment] = self.get_object().payments.filter(pk=payment)
        for one in found:
            return self.entered(one.reverse(ReverseBody.of(self)["reference"]))
        raise Http404

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def pdf(self, request: Request, pk: str) -> FileResponse:
        """The document as it is sent; of a draft a preview that says so."""
        return pdf_response(self.get_object())

    def entered(self, payment: Payment) -> Response:
        return Response(PaymentSerializer().to_representation(payment), status=201)
