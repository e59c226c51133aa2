"""How the reports read, for the API's description."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from invoices.kinds import Status
from invoices.reports import AGES, NOT_DUE


def amount(help_text: Any = "") -> Any:
    return serializers.CharField(help_text=help_text)


class CustomerRowSerializer(serializers.Serializer[Any]):
    """What a customer was billed in one currency."""

    customer_id = serializers.IntegerField()
    customer = serializers.CharField()
    currency = serializers.CharField()
    count = serializers.IntegerField(help_text=_("Of invoices, cancelled ones included."))
    invoiced = amount(_("What the invoices came to."))
    credited = amount(_("What credit notes took back."))
    billed = amount(_("The first without the second."))
    paid = amount()
    pending = amount(_("Still to be paid."))
    cancelled = amount(_("What cancelled invoices came to."))


class CustomerReportSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CustomerRowSerializer(many=True)
    count = serializers.IntegerField(required=False, help_text=_("Only with ?count=true."))


class StateSerializer(serializers.Serializer[Any]):
    """The invoices in one state."""

    status = serializers.ChoiceField(choices=Status.choices)
    currency = serializers.CharField()
    count = serializers.IntegerField()
    total = amount()
    paid = amount()
    credited = amount()
    pending = amount()


class MonthSerializer(serializers.Serializer[Any]):
    """The documents of one month."""

    month = serializers.CharField(help_text=_("Such as 2026-01."))
    currency = serializers.CharField()
    count = serializers.IntegerField()
    invoiced = amount()
    credited = amount()
    billed = amount()
    tax = amount()
    paid = amount(_("Of the invoices of the month, whenever it was paid."))


class ReceivableSerializer(serializers.Serializer[Any]):
    """What has been due for as many days."""

    age = serializers.ChoiceField(choices=[NOT_DUE, *AGES])
    currency = serializers.CharField()
    count = serializers.IntegerField()
    amount = amount()


class InvoiceReportSerializer(serializers.Serializer[Any]):
    states = StateSerializer(many=True)
    months = MonthSerializer(many=True)
    receivables = ReceivableSerializer(many=True)
