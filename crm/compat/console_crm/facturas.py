"""Its invoices, which are ours: of one line without tax, and issued at once."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.plans import Row
from crm.base.currencies import round_half_up
from crm.base.errors import Conflict
from crm.compat.answers import Answers
from crm.compat.console_crm.signed import SEE_CUSTOMERS, Said, SignedEndpoint
from customers.models import Customer
from invoices.models import CompanyProfile, Invoice, InvoiceLine, Kind, Status
from invoices.single_line import write_single_line
from invoices.views import InvoiceViewSet

CREATED = "✅ Factura creada exitosamente para {}"
STATES = {"Pendiente": Status.PENDING, "Pagada": Status.PAID, "Cancelada": Status.CANCELLED}
NAMES = {status: name for name, status in STATES.items()}
NO_DESCRIPTION = (400, "❌ La descripción no puede estar vacía.")
MOST_DIGITS = 40  # of what computers make of 0.1 + 0.2, before it is rounded
LONGEST_EMAIL = 254
PRICE: Any = InvoiceLine._meta.get_field("unit_price")


class Amount(serializers.DecimalField):
    """More than nothing, rounded to the company's currency: whatever is wrong has one code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=MOST_DIGITS, decimal_places=None, **options)

    def fail(self, key: str, **values: Any) -> Any:
        raise ValidationError("", code="bad_amount")

    def to_internal_value(self, data: Any) -> Decimal:
        amount = super().to_internal_value(data)
        rounded = round_half_up(amount, CompanyProfile.objects.current().currency)
        try:
            PRICE.clean(rounded, None)
        except ModelError:
            self.fail("too_much")
        return rounded if rounded > 0 else self.fail("not_positive")


class NewInvoice(Said):
    cliente_email = serializers.CharField(max_length=LONGEST_EMAIL, allow_blank=True)
    descripcion = serializers.CharField()
    importe = Amount()
    estado = serializers.ChoiceField(list(STATES))


class InvoicesQuery(Said):
    email = serializers.CharField(max_length=LONGEST_EMAIL, allow_blank=True)


class WrittenSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    numero = serializers.CharField()
    estado = serializers.ChoiceField(list(STATES))
    fecha_emision = serializers.DateField()


class InvoiceSerializer(serializers.Serializer[Any]):
    numero = serializers.CharField()
    email_cliente = serializers.CharField()
    descripcion = serializers.CharField()
    importe = serializers.FloatField()
    estado = serializers.ChoiceField(list(STATES))
    fecha_emision = serializers.DateField()


class InvoicesSerializer(serializers.Serializer[Any]):
    usuario = serializers.CharField()
    total = serializers.IntegerField()
    facturas = InvoiceSerializer(many=True)


class Invoices(SignedEndpoint, InvoiceViewSet):
    names: ClassVar = {"description": "descripcion", "lines.0.description": "descripcion"}
    needs = (SEE_CUSTOMERS,)
    verbs: ClassVar = {**InvoiceViewSet.verbs, "create": "manage"}
    answers: ClassVar[Answers] = {
        "not_found": (404, "Usuario no encontrado"),
        "unknown_customer": (404, "❌ Usuario no encontrado"),
        "blank:descripcion": NO_DESCRIPTION,
        "null:descripcion": NO_DESCRIPTION,
        "bad_amount": (400, "❌ Monto inválido. Debe ser un número positivo."),
        "invalid_choice:estado": (400, "❌ Estado no válido."),
        "null:estado": (400, "❌ Estado no válido."),
    }
    may_answer: ClassVar = ("not_found", "bad_amount")

    @extend_schema(request=NewInvoice, responses={200: WrittenSerializer})
    def create(self, request: Request) -> Response:
        """Write an invoice of one line without tax and issue it; ``Pagada`` is paid in full."""
        said = NewInvoice.of(self)
        customer = self.customer_with(said["cliente_email"])
        if customer is None:
            raise Conflict(code="unknown_customer")
        status = STATES[said["estado"]]
        invoice = write_single_line(customer, said["descripcion"], said["importe"], status)
        told = told_of(invoice, customer)
        answered = {name: told[name] for name in ("numero", "estado", "fecha_emision")}
        return Response({"message": CREATED.format(said["cliente_email"]), **answered})

    @extend_schema(parameters=[InvoicesQuery], responses=InvoicesSerializer)
    def list(self, request: Request) -> Response:
        """The invoices of the user with an ``email``, oldest first."""
        customer = self.customer_with(InvoicesQuery.of(self)["email"])
        if customer is None:
            raise Http404
        invoices: Any = self.get_queryset()
        issued = invoices.issued().filter(customer=customer, kind=Kind.INVOICE)
        rows = [
            told_of(invoice, customer)
            for invoice in issued.order_by("pk").prefetch_related("lines")
        ]
        return Response({"usuario": str(customer), "total": len(rows), "facturas": rows})


def told_of(invoice: Invoice, customer: Customer) -> Row:
    """Return ``invoice`` as the service shows it; one that it wrote itself by its own number."""
    return {
        "numero": invoice.legacy_number or invoice.number,
        "email_cliente": customer.email,
        "descripcion": invoice.description or invoice.lines.all()[0].description,
        "importe": float(invoice.total),
        "estado": NAMES[Status(invoice.status)],
        "fecha_emision": invoice.issue_date,
    }
