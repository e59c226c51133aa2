from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.base.api.bodies import Body
from crm.base.api.fields import Choice, Computed, FromColumns, PersonField, SummaryField
from crm.base.api.plans import Row
from crm.base.api.serializers import RecordSerializer
from crm.base.money import MOST_PLACES, amount_text
from customers.models import Customer
from invoices.arithmetic import days_overdue, still_due
from invoices.details import CopiedDetails
from invoices.lines import DIGITS, PLACES
from invoices.models import LONGEST_NOTE, CompanyProfile, Invoice, InvoiceLine, Method, Payment


class CustomerField(SummaryField):
    """A customer as ``{"id": 7, "name": "Acme"}``, the name as the document has it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(shown=(), **options)

    def columns(self) -> Sequence[str]:
        return "customer_id", "billing_name"

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"name": row["billing_name"]}

    def names(self) -> Sequence[str]:
        return ["name"]


class PlainDecimalField(FromColumns, serializers.DecimalField):
    """A number without zeros that say nothing: "2", "0.125"."""

    def columns(self) -> Sequence[str]:
        return [str(self.source)]

    def compute(self, row: dict[str, Any]) -> str:
        return f"{row[str(self.source)].normalize():f}"


class LineSerializer(RecordSerializer):
    quantity = PlainDecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False)
    unit_price = PlainDecimalField(max_digits=DIGITS, decimal_places=PLACES, min_value=Decimal(0))
    tax_rate = PlainDecimalField(
        max_digits=6, decimal_places=3, min_value=Decimal(0), max_value=Decimal(100)
    )

    class Meta:
        model = InvoiceLine
        fields: ClassVar = [
            *("id", "position", "description", "quantity", "unit_price", "tax_rate", "amount"),
            "corrects",
        ]


@extend_schema_field(LineSerializer(many=True))
class LinesField(FromColumns):
    """The lines in their order; those that come in replace those there are."""

    def columns(self) -> Sequence[str]:
        return ["id"]

    def compute(self, row: dict[str, Any]) -> list[Row]:
        lines = InvoiceLine.objects.filter(invoice=row["id"]).order_by("position")
        return list(LineSerializer().rows(lines))

    def to_internal_value(self, data: Any) -> Any:
        return LineSerializer(many=True, context=self.context).run_validation(data)


class TaxSerializer(serializers.Serializer[Any]):
    """The tax at one rate, in per cent, on the sum of the lines that carry it."""

    rate = serializers.CharField()
    base = serializers.CharField()
    tax = serializers.CharField()


@extend_schema_field(TaxSerializer(many=True))
class TaxesField(Computed):
    def columns(self) -> Sequence[str]:
        return ["taxes"]

    def compute(self, row: dict[str, Any]) -> Any:
        return row["taxes"]


@extend_schema_field(OpenApiTypes.STR)
class DueField(Computed):
    """What is still to be paid."""

    is_amount = True

    def columns(self) -> Sequence[str]:
        return "kind", "status", "total", "paid_amount", "credited_amount", "currency"

    def compute(self, row: dict[str, Any]) -> str | None:
        *known, currency = (row[name] for name in self.columns())
        return amount_text(still_due(*known), currency)


@extend_schema_field(OpenApiTypes.INT)
class DaysOverdueField(Computed):
    """How many days ago it should have been paid; 0 when it is not overdue.

    It is told when the row is answered: only then it is known which day it is.
    """

    def columns(self) -> Sequence[str]:
        return "status", "due_date"

    def compute(self, row: dict[str, Any]) -> Any:
        return partial(days_overdue, row["status"], row["due_date"])


@extend_schema_field(OpenApiTypes.BOOL)
class OverdueField(DaysOverdueField):
    """Whether it should have been paid by now."""


DOCUMENT = (
    *("id", "kind", "number", "legacy_number", "series", "series_year", "sequence", "corrects"),
    *("customer", "description", "language", "currency", "subtotal", "tax", "total"),
    *("paid_amount", "credited_amount", "due_amount", "status", "issue_date", "due_date"),
    *("overdue", "days_overdue"),
)
TIMES = ("created_at", "created_by", "updated_at", "modified_by", "version")


class InvoiceRowSerializer(RecordSerializer):
    """A document without its lines, as lists show it."""

    customer: Any = CustomerField(queryset=Customer.objects.all())
    due_amount = DueField()
    overdue = OverdueField()
    days_overdue = DaysOverdueField()
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = Invoice
        fields: ClassVar = [*DOCUMENT, *TIMES]

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        today = CompanyProfile.objects.today()
        return (_dated(row, today) for row in super().rows(queryset, by_key))

    def to_representation(self, instance: Model) -> Row:
        return _dated(super().to_representation(instance), CompanyProfile.objects.today())


def _dated(row: Row, today: date) -> Row:
    """Return ``row`` with what depends on the day."""
    row["days_overdue"] = row["days_overdue"](today)
    row["overdue"] = row["days_overdue"] > 0
    return row


class InvoiceSerializer(InvoiceRowSerializer):
    """A document; the lines that come in replace those that a draft has."""

    lines = LinesField(required=False)
    taxes = TaxesField()

    class Meta(InvoiceRowSerializer.Meta):
        fields: ClassVar = [
            *DOCUMENT,
            *("lines", "taxes"),
            *(field.name for field in CopiedDetails._meta.fields),
            *TIMES,
        ]

    def create(self, validated_data: Row) -> Invoice:
        lines = validated_data.pop("lines", [])
        invoice = Invoice(**validated_data)
        invoice.write(lines)
        return invoice

    def update(self, instance: Invoice, validated_data: Row) -> Invoice:
        lines = validated_data.pop("lines", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.write(lines)
        return instance


class PaymentSerializer(RecordSerializer):
    """A payment, or with a negative amount the reversal of one."""

    created_by = PersonField()

    class Meta:
        model = Payment
        fields: ClassVar = [
            *("id", "amount", "currency", "payment_date", "method", "reference", "reverses"),
            *("created_at", "created_by", "version"),
        ]


class IssueBody(Body):
    issue_date = serializers.DateField(
        required=False, allow_null=True, default=None, help_text=_("Today, unless told.")
    )


class CancelBody(Body):
    description = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, allow_blank=True, default=""
    )


class PartBody(Body):
    """A part of a line, by quantity or by amount without tax."""

    line = serializers.IntegerField(help_text=_("Its id."))
    quantity = serializers.DecimalField(DIGITS, PLACES, required=False)
    amount = serializers.DecimalField(DIGITS, MOST_PLACES, required=False)

    def validate(self, attrs: Row) -> Row:
        if ("quantity" in attrs) == ("amount" in attrs):
            message = _("Name either a quantity or an amount.")
            raise serializers.ValidationError(message, code="either_or")
        return attrs


class CreditBody(CancelBody):
    lines = PartBody(many=True, allow_empty=False)


class PaymentBody(Body):
    amount = serializers.DecimalField(DIGITS, MOST_PLACES)
    payment_date = serializers.DateField(
        required=False, allow_null=True, default=None, help_text=_("Today, unless told.")
    )
    method = Choice(choices=Method.choices, default=Method.TRANSFER)
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class ReverseBody(Body):
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
