"""Filters of the list of documents."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from crm.base.back_office.filters import ChoiceFilter, Choices, KnownChoices, LongChoiceFilter
from crm.base.back_office.once import once
from crm.base.back_office.pickers import is_number
from crm.base.storing import tallies
from customers.models import Customer
from invoices.models import CompanyProfile, Invoice

AGES = {"30": (1, 30), "60": (31, 60), "90": (61, 90), "more": (91, None)}


def company_day(request: HttpRequest) -> date:
    """Return the day it is where the company is, read once for the whole page."""
    return once(request, "company_day", CompanyProfile.objects.today)


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"


class KindFilter(ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"


class OverdueFilter(KnownChoices, RadioFilter):
    """What should have been paid by now; the list then begins with what is due longest."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("yes", _("All that is overdue")),
            ("30", _("Up to 30 days")),
            ("60", _("31 to 60 days")),
            ("90", _("61 to 90 days")),
            ("more", _("More than 90 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        today = company_day(request)
        documents: Any = queryset
        late: QuerySet[Any] = documents.overdue(today)
        first, last = AGES.get(value, (1, None))
        late = late.filter(due_date__lte=today - timedelta(first))
        return late.filter(due_date__gte=today - timedelta(last)) if last else late


class CurrencyFilter(LongChoiceFilter):
    """The currencies that occur."""

    title = _("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        groups = tallies.counts(Invoice.objects.all().visible_to(request.user))
        return [(code, code) for code in sorted({group["currency"] for group in groups})]


class DateFilter(KnownChoices, RadioFilter):
    """By the month or year of the document's date."""

    title = _("date")
    parameter_name = "issued"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("month", _("This month")),
            ("last_month", _("Last month")),
            ("year", _("This year")),
            ("last_year", _("Last year")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        first, last = PERIODS[value](company_day(request))
        return queryset.filter(issue_date__gte=first, issue_date__lte=last)


def _month(today: date) -> tuple[date, date]:
    return today.replace(day=1), today


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(1)
    return last.replace(day=1), last


def _year(today: date) -> tuple[date, date]:
    return today.replace(month=1, day=1), today


def _last_year(today: date) -> tuple[date, date]:
    last = today.replace(month=1, day=1) - timedelta(1)
    return last.replace(month=1, day=1), last


PERIODS: dict[str, Callable[[date], tuple[date, date]]] = {
    "month": _month,
    "last_month": _last_month,
    "year": _year,
    "last_year": _last_year,
}


class OwnFilter(KnownChoices, RadioFilter):
    title = _("written by")
    parameter_name = "own"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", _("Me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(created_by=request.user) if self.value() else queryset


class CustomerFilter(KnownChoices, RadioFilter):
    """One customer's documents; their page leads here."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        asked = request.GET.get("customer", "")
        if not is_number(asked):
            return []
        found = Customer.objects.all().visible_to(request.user).filter(pk=asked)
        return [(str(customer.pk), str(customer)) for customer in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(customer_id=self.value()) if self.value() else queryset
