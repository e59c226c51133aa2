"""Forms of the back office about people: their account, their password, signing in."""

import math
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from rest_framework.exceptions import AuthenticationFailed
from unfold.forms import AuthenticationForm
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
)

from accounts.login import REFUSED, sign_in
from accounts.models import User, hash_of, time_zones
from accounts.serializers import LONGEST_PASSWORD
from crm.base.back_office.forms import RecordForm
from crm.base.errors import NeedsConfirmation
from crm.base.limits import Budget, TooMany

DIFFERENT = _("The two passwords differ.")


def time_zone_choices() -> list[tuple[str, Any]]:
    names = sorted(time_zones())
    return [("", _("As the installation")), *((name, name.replace("_", " ")) for name in names)]


class PasswordField(forms.CharField):
    """A password as typed: neither trimmed nor shown again."""

    def __init__(self, label: Any, autocomplete: str = "new-password", **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget({"autocomplete": autocomplete})
        limits = {"max_length": LONGEST_PASSWORD, "strip": False}
        super().__init__(label=label, widget=widget, **limits | options)


def language_choices() -> list[tuple[str, Any]]:
    return [("", _("As the browser asks")), *settings.LANGUAGES]


class UserForm(RecordForm):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=language_choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        required=False,
        widget=UnfoldAdminSelect2Widget,
    )


NOBODY = "nobody"


def successors() -> list[tuple[str, Any]]:
    people = User.objects.assignable().order_by("username").values_list("pk", "username")
    named = [(str(pk), name) for pk, name in people]
    return [("", "–"), (NOBODY, _("Nobody: it becomes unassigned")), *named]


class KnownUserForm(UserForm):
    """Asks what becomes of the open work of somebody who is deactivated."""

    successor = forms.ChoiceField(
        label=_("Successor"),
        choices=successors,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Who takes over the open work when this person is deactivated."),
    )

    def clean(self) -> None:
        super().clean()
        chosen = self.cleaned_data.get("successor")
        if chosen and chosen != NOBODY:
            self.instance.successor = User.objects.get(pk=chosen)
        elif not chosen and self.cleaned_data.get("is_active") is False:
            self._ask_for_a_successor()

    def _ask_for_a_successor(self) -> None:
        try:
            self.instance.ask_before_leaving()
        except NeedsConfirmation as error:
            self.add_error("successor", list(error.extra["reasons"]))


class NewUserForm(UserForm):
    """Its ``password`` is hashed before the unit of work opens, and prepared under its name."""

    password = PasswordField(_("Password"), help_text=password_validators_help_text_html)
    repeated = PasswordField(_("Password again"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].widget.attrs["autocomplete"] = "off"  # it is not one's own

    @staticmethod
    def hash(data: Any) -> str:
        """Return the hash of what was POSTed; raises ``ValidationError`` for a weak password."""
        owner = User(username=data.get("username", ""), email=data.get("email", ""))
        return hash_of(data.get("password", "")[: LONGEST_PASSWORD + 1], owner)

    def clean_password(self) -> Any:
        return self.take("password")

    def clean(self) -> None:
        super().clean()
        if self.data.get("password") != self.data.get("repeated"):
            self.add_error("repeated", DIFFERENT)
        self.instance.password = self.cleaned_data.get("password") or ""


class NewPasswordForm(forms.Form):
    """A new password for ``user``; when valid, ``hashed`` is its hash."""

    new_password = PasswordField(_("New password"), help_text=password_validators_help_text_html)
    repeated = PasswordField(_("New password again"))

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        self.hashed = ""
        self.wait = 0.0

    def clean(self) -> None:
        new, repeated = map(self.cleaned_data.get, ("new_password", "repeated"))
        if new and repeated and new != repeated:
            self.add_error("repeated", DIFFERENT)
        elif not self.errors:
            self.hashed = hash_of(str(new), self.user, field="new_password")


class OwnPasswordForm(NewPasswordForm):
    """Asks for the current password, with the same limit as the API."""

    current_password = PasswordField(_("Current password"), "current-password")
    field_order = ["current_password", "new_password", "repeated"]

    def clean_current_password(self) -> str:
        given: str = self.cleaned_data["current_password"]
        budget = Budget(f"password:{self.user.pk}", 10)
        try:
            receipt = budget.take()
        except TooMany as error:
            self.wait = error.wait
            raise later(error.wait) from error
        if not check_password(given, self.user.password):
            raise ValidationError(_("This is not your password."), code="wrong_password")
        budget.give_back(receipt)
        return given


class SignInForm(AuthenticationForm):
    """Signs in as the API does; ``wait`` is set, in seconds, when there were too many attempts."""

    wait = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, longest in {"username": 150, "password": LONGEST_PASSWORD}.items():
            self.fields[name].validators.append(MaxLengthValidator(longest))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if "username" in values and "password" in values:
            try:
                self.user_cache = sign_in(values["username"], values["password"])
            except TooMany as error:
                self.wait = error.wait
                raise later(error.wait) from error
            except AuthenticationFailed as error:
                raise ValidationError(REFUSED, code="invalid_login") from error
        return values


def later(seconds: float) -> ValidationError:
    """Return the error that tells for how long there were too many attempts."""
    message = ngettext_lazy(
        "Too many attempts. Try again in %(minutes)d minute.",
        "Too many attempts. Try again in %(minutes)d minutes.",
        "minutes",
    )
    return ValidationError(
        message, code="rate_limited", params={"minutes": math.ceil(seconds / 60)}
    )
