"""The back office of users, for administrators; that of API keys is a module of its own."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_forms import KnownUserForm, NewUserForm
from accounts.admin_leaving import leaving_page
from accounts.admin_pages import set_password_page
from accounts.admin_sessions import ending
from accounts.key_admin import ApiKeyAdmin
from accounts.models import ApiKey, User
from accounts.roles import Role
from crm.base.back_office.archive import ArchivableAdmin
from crm.base.back_office.filters import ArchivedFilter, ChoiceFilter, Choices
from crm.base.back_office.lists import badge
from crm.base.back_office.submissions import submission_of
from crm.base.back_office.verbs import button
from crm.base.registry import archive_guards

admin.site.unregister(Group)  # rights come with the role, and with nothing else
admin.site.register(ApiKey, ApiKeyAdmin)

COLOURS: dict[str, str] = {Role.ADMIN: "primary", Role.MANAGEMENT: "info", Role.SALES: "success"}
ACCOUNT = (_("Account"), {"fields": ("username", "role", "is_active")})
KNOWN_ACCOUNT = (_("Account"), {"fields": (*ACCOUNT[1]["fields"], "successor")})
CONTACT = (_("Contact"), {"fields": ("email", "phone", "language", "time_zone")})
PASSWORD = (_("Password"), {"fields": ("password", "repeated")})


class RoleFilter(ChoiceFilter):
    title = _("role")
    parameter_name = "role"


class ActiveFilter(ChoiceFilter):
    title = _("active")
    parameter_name = "is_active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("True", _("Active")), ("False", _("Inactive"))]


@admin.register(User)
class UserAdmin(ArchivableAdmin):
    list_display = ("username", "email", "role_badge", "is_active", "created_on")
    list_filter = (RoleFilter, ActiveFilter, ArchivedFilter)
    sortable_by = ("username",)
    search_help_text = _("Name, email or phone")
    fieldsets = (KNOWN_ACCOUNT, CONTACT, (_("Record"), {"fields": ("created", "changed")}))
    add_fieldsets = (ACCOUNT, PASSWORD, CONTACT)
    form = KnownUserForm
    add_form = NewUserForm
    actions_detail: Sequence[str] = (
        "set_password",
        "end_sessions",
        *ArchivableAdmin.actions_detail,
    )

    def prepare(self, request: HttpRequest, object_id: str | None) -> None:
        if object_id is None:
            submission_of(request).prepare("password", lambda: NewUserForm.hash(request.POST))

    def lock(self) -> None:
        User.objects.lock_admins()

    def pickable(self, records: Any) -> Any:
        return records.assignable()

    def has_pick_permission(self, request: HttpRequest) -> bool:
        """Let those choose who give work to people, though they may not manage them."""
        return super().has_pick_permission(request) or request.user.has_perm("accounts.assign_user")

    @badge(_("role"), COLOURS)
    def role_badge(self, user: User) -> tuple[str, str]:
        return user.role, user.get_role_display()

    @button(_("Archive"), path="archive", icon="archive", permission="archive")
    def archive_record(self, request: HttpRequest, object_id: str) -> Any:
        """Ask who takes over from somebody who has open work; archive anybody else as usual."""
        user = self.get_object(request, unquote(object_id))
        if archive_guards.ask(user):
            return leaving_page(self.admin_site, request, user)
        return super().archive_record(request, object_id)

    @button(_("Set password"), path="password", icon="key", permission="change")
    def set_password(self, request: HttpRequest, object_id: str) -> Any:
        return set_password_page(
            self.admin_site, request, self.get_object(request, unquote(object_id))
        )

    @button(_("End sessions"), path="end-sessions", icon="logout", permission="change")
    def end_sessions(self, request: HttpRequest, object_id: str) -> Any:
        return self.ask(request, object_id, ending(request, object_id))
