"""The back office of API keys, for administrators."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import display
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.key_pages import STATES, key_page, rotate_page, state_of, use_of
from accounts.models import ApiKey
from accounts.scopes import Scope, default_scopes
from crm.base.back_office.filters import ChoiceFilter, Choices
from crm.base.back_office.lists import badge
from crm.base.back_office.moments import MomentField, MomentsForm
from crm.base.back_office.records import RecordAdmin
from crm.base.back_office.verbs import Verb, button
from crm.base.readable import NOTHING, moment
from crm.base.registry import page_panels

ROTATE = Verb(
    label=_("Rotate"),
    question=_("A new key replaces it. The old one stops working at once."),
    done="",
    run=lambda key, confirmed: key.rotate(),
)
REVOKE = Verb(
    label=_("Revoke"),
    question=_("It stops working at once and for good. What it did stays, under its name."),
    done=ngettext_lazy("The key is revoked.", "The keys are revoked.", "count"),
    run=lambda key, confirmed: key.revoke(),
)
page_panels.add(ApiKey, use_of)


class ActiveFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "is_active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("True", STATES["active"][0]), ("False", STATES["revoked"][0])]


CHOSEN = (_("API key"), {"fields": ("name", "scopes", "daily_limit", "expires_at")})


# JSON is no way to show them to a person; a key that is revoked has no form to show them.
SHOWN = (_("API key"), {"fields": ("name", "scopes_shown", "daily_limit", "expires_at")})


class ApiKeyForm(MomentsForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        initial=default_scopes,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    expires_at = MomentField(label=_("Expires"), required=False, help_text=_("Empty: it does not."))


class ApiKeyAdmin(RecordAdmin):
    """Creates, changes, rotates and revokes keys; a key is shown once, by the page that made it."""

    list_display = ("name", "prefix", "state", "daily_limit", "used_on", "created_on")
    list_filter = (ActiveFilter,)
    search_help_text = _("Name or prefix")
    form = ApiKeyForm
    readonly_fields = (
        "scopes_shown",
        "prefix",
        "state_shown",
        "used_on",
        *RecordAdmin.readonly_fields,
    )
    add_fieldsets = (CHOSEN,)
    fieldsets = (
        CHOSEN,
        (_("Status"), {"fields": ("state_shown", "prefix", "used_on")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )
    actions_detail: Sequence[str] = ("rotate_key", "revoke_key")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and getattr(obj, "is_active", True)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        if obj is None or obj.is_active:
            return super().get_fieldsets(request, obj)
        return [SHOWN, *super().get_fieldsets(request, obj)[1:]]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Offer nothing for a key that is revoked."""
        key = self.get_object(request, unquote(str(object_id)))
        return list(super().get_actions_detail(request, object_id)) if key.is_active else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        if options.get("obj") is None:  # the next page shows the key, whatever else was wished
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> Any:
        return key_page(self.admin_site, request, obj)

    @button(ROTATE.label, path="rotate", icon="autorenew", permission="change")
    def rotate_key(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        if request.method != "POST":
            return self.ask(request, object_id, ROTATE)
        key = self.get_object(request, unquote(object_id))
        return rotate_page(self.admin_site, request, key)

    @button(REVOKE.label, path="revoke", icon="block", permission="change")
    def revoke_key(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.ask(request, object_id, REVOKE)

    @badge(_("status"), {name: colour for name, (_label, colour) in STATES.items()})
    def state(self, key: ApiKey) -> tuple[str, Any]:
        name = state_of(key)
        return name, STATES[name][0]

    @display(description=_("status"))
    def state_shown(self, key: ApiKey) -> Any:
        return STATES[state_of(key)][0]

    @display(description=_("scopes"))
    def scopes_shown(self, key: ApiKey) -> str:
        return ", ".join(str(Scope(name).label) for name in key.scopes)

    @display(description=_("last used"))
    def used_on(self, key: ApiKey) -> str:
        return moment(key.last_used_at, None) if key.last_used_at else NOTHING
