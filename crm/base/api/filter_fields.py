"""Form fields of the list filters, as strict as what they replace is lenient."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_filters.fields import DateRangeWidget, IsoDateTimeField, RangeField

FLAGS = {"true": True, "false": False}


class FlagField(forms.Field):
    """``true`` or ``false``; Django's own reads anything else as not given."""

    def to_python(self, value: Any) -> bool | None:
        if not value:
            return None
        if value not in FLAGS:
            raise ValidationError(_("Use true or false."), code="invalid")
        return FLAGS[value]


class MomentField(IsoDateTimeField):
    """A moment as RFC 3339 writes it, in UTC: at the ends of time not every zone has one."""

    default_error_messages = {
        "invalid": _("Use a moment with its time zone, such as 2026-01-31T12:00:00Z.")
    }

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class SpanField(RangeField):
    """Two values in their order, either of them left out.

    The code of an error is the suffix of the parameter that is wrong.
    """

    widget = DateRangeWidget

    def clean(self, value: Any) -> Any:
        parts = zip(self.widget.suffixes, self.fields, value, strict=True)
        first, last = (_clean(field, given, suffix) for suffix, field, given in parts)
        if first and last and last < first:
            message = _("This is before the beginning of the range.")
            raise ValidationError(message, code=self.widget.suffixes[1])
        return super().clean(value)


def _clean(field: forms.Field, given: Any, suffix: str) -> Any:
    try:
        return field.clean(given)
    except ValidationError as error:
        raise ValidationError(" ".join(error.messages), code=suffix) from error


class MomentRangeField(SpanField):
    """Two moments."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__((MomentField(), MomentField()), *args, **options)


class DayRangeField(SpanField):
    """Two days as ISO 8601 writes them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        errors = {"invalid": _("Use a day such as 2026-01-31.")}
        day = partial(forms.DateField, input_formats=["%Y-%m-%d"], error_messages=errors)
        super().__init__((day(), day()), *args, **options)
