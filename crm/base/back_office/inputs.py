"""Filters of the back office's lists in which one types or picks: people, records, days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.admin import SimpleListFilter
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin.autocomplete_filters import AutocompleteDropdownForm
from unfold.contrib.filters.admin.dropdown_filters import DropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from crm.base.back_office.filters import Choices, KnownChoices
from crm.base.back_office.once import once

NOBODY = "nobody"
FIRST_YEAR, LAST_YEAR = 1970, 2199


class PersonFilter(KnownChoices, DropdownFilter):
    """By somebody; for those who may see everybody."""

    parameter_name: str
    nobody: ClassVar[Any] = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        people = get_user_model()._default_manager.all().visible_to(request.user)
        named = people.order_by("username").values_list("pk", "username")
        rows = once(request, "people", lambda: list(named))
        found: Choices = [(str(pk), username) for pk, username in rows]
        return [(NOBODY, self.nobody), *found] if self.nobody else found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        person = self.value()
        if person is None:
            return queryset
        pk = None if person == NOBODY else int(person)
        return queryset.filter(**{self.parameter_name: pk})


class PointerFilter(SimpleListFilter):
    """By what a foreign key points to; picked by typing a part of its name."""

    template = "unfold/filters/filters_field.html"
    form_class = AutocompleteDropdownForm
    field_name: str

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.request, self.model_admin = request, model_admin
        self.field = model._meta.get_field(self.field_name)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return []

    def has_output(self) -> bool:
        return True

    def value(self) -> str | None:
        given = super().value()
        return given if given and given.isdecimal() and len(given) <= 18 else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        pk = self.value()
        return queryset.filter(**{f"{self.field_name}_id": pk}) if pk else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        name: Any = self.parameter_name
        form = self.form_class(
            request=self.request,
            name=name,
            label=str(self.title),
            choices=(),
            field=self.field,
            model_admin=self.model_admin,
            data={name: self.value()},
        )
        field: Any = form.fields[name]
        field.queryset = field.queryset.visible_to(self.request.user)
        yield {"form": form}


class DayForm(forms.Form):
    def __init__(self, name: str, label: Any, value: str | None) -> None:
        super().__init__({name: value})
        widget = UnfoldAdminTextInputWidget({"type": "date"})
        self.fields[name] = forms.CharField(label=label, required=False, widget=widget)


class DayFilter(SimpleListFilter):
    """From a day on, or until one, as the days are in the reader's time zone."""

    template = "unfold/filters/filters_field.html"
    form_class = DayForm
    lookup: str
    days: int = 0

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return []

    def has_output(self) -> bool:
        return True

    def day(self) -> date | None:
        try:
            day = parse_date(self.value() or "")
        except ValueError:
            return None
        return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        day = self.day()
        if day is None:
            return queryset
        start = datetime.combine(day + timedelta(self.days), time())
        return queryset.filter(**{self.lookup: timezone.make_aware(start)})

    def choices(self, changelist: Any) -> Iterator[Any]:
        day = self.day()
        yield {
            "form": self.form_class(str(self.parameter_name), self.title, str(day) if day else None)
        }
