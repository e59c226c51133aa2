"""The form of a record's page: it never overwrites somebody else's change unseen."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.base.back_office.conflicts import Clash, merge
from crm.base.back_office.submissions import Submission, reasons, submission_of
from crm.base.errors import StaleRecord
from crm.base.readable import label


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """The base of every record's form.

    It carries the ``version`` that its reader saw. When that is no longer the stored one,
    ``is_valid`` raises ``StaleRecord``; built again with that refusal in its submission, the form
    shows what is stored now with the reader's own changes on top, and ``clashes`` tells where
    they differ. Other refusals become errors of the fields they name.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    submission: ClassVar[Submission]
    clashes: Sequence[Clash] | None = None

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        stale = data is not None and isinstance(self.submission.refusal, StaleRecord)
        super().__init__(*((None, None) if stale else (data, files)), **options)
        self.initial["version"] = self.instance.version
        if stale:
            self.clashes = merge(self, data, files)

    @classmethod
    def of(cls, request: HttpRequest) -> type[Self]:
        """Return the form's class for one request."""
        return type(cls.__name__, (cls,), {"submission": submission_of(request)})

    def take(self, name: str) -> Any:
        """Return what was prepared for a field; raises the ``ValidationError`` kept instead."""
        value = self.submission.prepared.get(name)
        if isinstance(value, ValidationError):
            raise value
        return value

    def clean(self) -> None:
        # Without the parent's clean(): uniqueness is the database's answer, as in the API.
        is_change = not self.instance._state.adding
        seen = self.cleaned_data.get("version")
        if is_change and seen != self.instance.version and not self.submission.refusal:
            raise StaleRecord

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.submission.refusal:
            for name, text in reasons(self.submission.refusal):
                self._refuse(name, text)

    def _refuse(self, name: str, text: str) -> None:
        if name in self.fields:
            self.add_error(name, self._holder(name) or text)
        elif name:
            self.add_error(None, f"{label(self.instance._meta.get_field(name))}: {text}")
        else:
            self.add_error(None, text)

    def _holder(self, name: str) -> Any:
        """Return a link to the other record that has this unique value, if it may be seen."""
        model: Any = type(self.instance)
        if not isinstance(self.submission.refusal, IntegrityError):
            return None
        others = model._default_manager.all().visible_to(self.submission.actor)
        same = others.filter(**{name: getattr(self.instance, name)}).exclude(pk=self.instance.pk)
        # Of an archived one only the external number stays taken.
        holder = min(
            same[:50], key=lambda record: bool(getattr(record, "archived_at", None)), default=None
        )
        if holder is None:
            return None
        route = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        address = reverse(route, args=[holder.pk])
        link = format_html('<a class="underline" href="{}">{}</a>', address, holder)
        return format_html(_("{} has this already."), link)

    def add_error(self, field: str | None, error: Any) -> None:
        """Put errors of fields that this form has not on the whole, where Django would break."""
        if hasattr(error, "error_dict"):
            for name, problems in error.error_dict.items():
                known = name in self.fields or name == NON_FIELD_ERRORS
                super().add_error(name if known else None, problems)
        else:
            super().add_error(field, error)
