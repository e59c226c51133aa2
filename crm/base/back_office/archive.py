"""The back office of records that are archived instead of deleted."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import action
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm.base.api.permissions import permission
from crm.base.back_office.records import RecordAdmin
from crm.base.back_office.verbs import Verb, button
from crm.base.registry import archive_guards

ARCHIVE = Verb(
    label=_("Archive"),
    question=_("It leaves the lists; everything that points to it stays. It can be restored."),
    done=ngettext_lazy("%(count)d record archived.", "%(count)d records archived.", "count"),
    run=lambda record, confirmed: record.archive(confirmed=confirmed),
    warn=archive_guards.ask,
)
RESTORE = Verb(
    label=_("Restore"),
    question=_("It comes back into the lists and can be changed again."),
    done=ngettext_lazy("%(count)d record restored.", "%(count)d records restored.", "count"),
    run=lambda record, confirmed: record.restore(),
)


class ArchivableAdmin(RecordAdmin):
    """Archives and restores by buttons and in bulk; what is archived is shown, not changed."""

    actions: Sequence[Any] = ("archive_selected", "restore_selected")
    actions_detail: Sequence[str] = ("archive_record", "restore_record")

    def has_archive_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(permission(self.model, "archive"))

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(permission(self.model, "restore"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_archived(obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> Any:
        """Show the form; one that was open while the record was archived gets a sentence."""
        if request.method == "POST" and object_id:
            record = self.get_object(request, unquote(object_id))
            if is_archived(record) and super().has_change_permission(request, record):
                note = _("This record was archived meanwhile. Nothing was saved.")
                self.message_user(request, note, messages.ERROR)
                return HttpResponseRedirect(request.path)
        return super().changeform_view(request, object_id, *args, **options)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Offer restoring for what is archived, and everything else for what is live."""
        archived = is_archived(self.get_object(request, unquote(str(object_id))))
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.action_name.endswith("restore_record") == archived]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer in bulk what suits the list that is shown."""
        unsuitable = {"": "restore_selected", "yes": "archive_selected"}
        actions = dict(super().get_actions(request))
        actions.pop(unsuitable.get(request.GET.get("archived", ""), ""), None)
        return actions

    @button(_("Archive"), path="archive", icon="archive", permission="archive")
    def archive_record(self, request: HttpRequest, object_id: str) -> Any:
        return self.ask(request, object_id, ARCHIVE)

    @button(_("Restore"), path="restore", icon="unarchive", permission="restore")
    def restore_record(self, request: HttpRequest, object_id: str) -> Any:
        return self.ask(request, object_id, RESTORE)

    @action(description=_("Archive"), permissions=["archive"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return self.do(
            request, list(queryset.values_list("pk", flat=True)), ARCHIVE, request.get_full_path()
        )

    @action(description=_("Restore"), permissions=["restore"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return self.do(
            request, list(queryset.values_list("pk", flat=True)), RESTORE, request.get_full_path()
        )


def is_archived(record: Any) -> bool:
    return bool(getattr(record, "archived_at", None))
