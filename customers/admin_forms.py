"""The form of a customer's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from crm.base.back_office.forms import RecordForm


class CustomerForm(RecordForm):
    """``picture`` is decoded and stored before the unit of work opens, and prepared as a digest."""

    picture = forms.FileField(  # an ImageField would decode it unguarded
        label=_("New photo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 5 MB."),
    )
    remove_photo = forms.BooleanField(
        label=_("Remove photo"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def clean_picture(self) -> Any:
        return self.take("picture")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("picture"):
            self.instance.photo = self.cleaned_data["picture"]
        elif self.cleaned_data.get("remove_photo"):
            self.instance.photo = None
