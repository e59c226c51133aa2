"""A field for a day and a time, which every browser asks for in its own way."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from crm.base.back_office.forms import RecordForm

MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time to the minute, in the reader's time zone."""

    def __init__(self, **options: Any) -> None:
        kind = {"type": "datetime-local"}
        widget = UnfoldAdminTextInputWidget(kind)
        super().__init__(widget=widget, input_formats=[MOMENT, f"{MOMENT}:%S"], **options)

    def prepare_value(self, value: Any) -> Any:
        shown = super().prepare_value(value)
        return shown.strftime(MOMENT) if hasattr(shown, "strftime") else shown

    def to_python(self, value: Any) -> Any:
        """Take an hour that clocks show twice for the first, and one they skip for the next."""
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            return timezone.make_aware((error.params or {})["datetime"])

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare with what was shown: seconds were not."""
        shown = self.prepare_value(self.to_python(initial))
        return super().has_changed(self.to_python(shown), data)


class MomentsForm(RecordForm):
    """The form of a record that has moments."""

    def clean(self) -> None:
        """Leave a moment as it is stored, to the second, unless another was typed."""
        super().clean()
        for name, field in self.fields.items():
            if isinstance(field, MomentField) and name not in self.changed_data:
                self.cleaned_data[name] = self.initial.get(name)
