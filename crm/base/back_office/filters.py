"""Filters of the back office's lists: each offers some choices and ignores anything else."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter, RadioFilter
from unfold.contrib.filters.forms import DropdownForm
from unfold.widgets import UnfoldAdminSelectWidget

Choices = list[tuple[str, Any]]


class KnownChoices:
    """Reads a value that is not offered as none."""

    lookup_choices: Choices

    def value(self) -> str | None:
        given: str | None = super().value()  # type: ignore[misc]
        return given if given in dict(self.lookup_choices) else None


class ArchivedFilter(KnownChoices, RadioFilter):
    """Lists what is live, unless asked for what is archived."""

    title = _("status")
    parameter_name = "archived"
    all_option: ClassVar = ["", _("Live")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", pgettext_lazy("records", "Archived")), ("all", _("Live and archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() is None)


class FieldChoices(KnownChoices):
    """By a field that has choices; a filter names it as ``parameter_name``."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return list(model_admin.model._meta.get_field(self.parameter_name).choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.parameter_name: value})


class ChoiceFilter(FieldChoices, RadioFilter):
    """A few choices, all in sight."""


class LongSelect(UnfoldAdminSelectWidget):
    """Written by one template: one for each choice takes longer than the rest of a list's page."""

    template_name = "back_office/select.html"


class LongChoiceForm(DropdownForm):
    # The theme's script finds it by the first class, its style by the second.
    widget = LongSelect(
        {
            "data-theme": "admin-autocomplete",
            "class": "unfold-admin-autocomplete admin-autocomplete",
        }
    )


class LongChoiceFilter(FieldChoices, DropdownFilter):
    """More choices than fit on a page."""

    form_class = LongChoiceForm


class CreatedFilter(KnownChoices, RadioFilter):
    """By the day of creation, in the reader's time zone."""

    title = _("created")
    parameter_name = "created"
    field = "created_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("today", _("Today")),
            ("week", _("Last 7 days")),
            ("month", _("Last 30 days")),
            ("year", _("This year")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        start = self._start(timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))
        return queryset.filter(**{f"{self.field}__gte": start}) if start else queryset

    def _start(self, today: datetime) -> datetime | None:
        starts = {
            "today": today,
            "week": today - timedelta(days=6),
            "month": today - timedelta(days=29),
            "year": today.replace(month=1, day=1),
        }
        return starts.get(self.value() or "")
