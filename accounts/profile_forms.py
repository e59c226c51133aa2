"""The form of one's own profile in the back office."""

from typing import Any, Self, cast

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin_forms import UserForm
from accounts.models import User
from crm.base.outbox import kinds


class SwitchesField(forms.MultipleChoiceField):
    """Boxes to tick; what differs from the usual is stored, what is not offered stays."""

    def __init__(self, user: User) -> None:
        offered = [each for each in kinds.switches() if each[1].is_for(user)]
        self.usual = {name: kind.on_by_default for name, kind, _channel in offered}
        stored = user.notice_switches.items()
        self.others = {name: on for name, on in stored if name not in self.usual}
        super().__init__(
            label=_("Tell me about"),
            choices=[(name, f"{kind.label} ({channel.label})") for name, kind, channel in offered],
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return [name for name, usual in self.usual.items() if value.get(name, usual)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> dict[str, bool]:
        ticked = set(super().clean(value))
        states = {name: name in ticked for name in self.usual}
        changed = {name: on for name, on in states.items() if on != self.usual[name]}
        return self.others | changed


class ProfileForm(UserForm):
    class Meta:
        model = User
        fields = ["email", "phone", "language", "time_zone", "notice_switches"]
        widgets = {
            "email": UnfoldAdminEmailInputWidget,
            "phone": UnfoldAdminTextInputWidget,
        }

    @classmethod
    def of(cls, request: HttpRequest) -> type[Self]:
        """Return the form's class for one request, with the boxes that its user may tick."""
        boxes = SwitchesField(cast("User", request.user))
        plain = super().of(request)
        fields = plain.base_fields | {"notice_switches": boxes}
        if not boxes.choices:
            del fields["notice_switches"]
        plain.base_fields = fields
        return plain
