"""Notices in the back office, for administrators: what was sent, and what was given up."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin import action
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from crm.base.back_office.filters import ChoiceFilter, Choices, CreatedFilter, KnownChoices
from crm.base.back_office.lists import BoundedListMixin, badge
from crm.base.back_office.verbs import Verb, VerbsMixin, button
from crm.base.outbox import kinds
from crm.base.outbox.refusals import explained
from crm.base.outbox.tables import Notice, Status
from crm.base.readable import NOTHING, moment

Result = TypeVar("Result")
COLOURS: dict[str, str] = {
    Status.PENDING: "info",
    Status.SENT: "success",
    Status.DROPPED: "warning",
    Status.FAILED: "danger",
}
TRY_AGAIN = Verb(
    label=_("Try again"),
    question=_("It is sent as soon as a worker comes to it, if it still is of interest."),
    done=ngettext_lazy(
        "%(count)d notice is tried again.", "%(count)d notices are tried again.", "count"
    ),
    run=lambda notice, confirmed: notice.try_again(),
)


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"


class ChannelFilter(ChoiceFilter):
    title = _("channel")
    parameter_name = "channel"


class KindFilter(ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(kind.name, kind.label) for kind in kinds.registered()]


class RecipientFilter(KnownChoices, DropdownFilter):
    title = _("recipient")
    parameter_name = "recipient"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        people = get_user_model()._default_manager.order_by("username")
        return [(str(pk), name) for pk, name in people.values_list("pk", "username")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(recipient=value)


@admin.register(Notice)
class NoticeAdmin(BoundedListMixin, VerbsMixin, ModelAdmin):
    """Nobody writes them; what was given up can be tried again."""

    list_display = ("written", "recipient", "about", "channel", "state", "attempts", "sent")
    list_select_related = ("recipient",)
    list_filter = (StatusFilter, KindFilter, ChannelFilter, RecipientFilter, CreatedFilter)
    fields: Sequence[str] = (
        *("created_at", "recipient", "about", "channel", "status", "why", "attempts"),
        *("next_attempt_at", "sent_at", "message_id", "key", "payload"),
    )
    readonly_fields = ("about", "why")
    actions: Sequence[Any] = ("retry_selected",)
    actions_detail: Sequence[str] = ("retry_notice",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("base.retry_notice")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        notice = super().get_object(request, object_id, from_field)
        if notice is None:
            raise Http404
        return notice

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        return super().change_view(request, object_id, form_url, {"show_history": False})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise Http404  # nobody changes a notice

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        given_up = self.get_object(request, object_id).status == Status.FAILED
        return super().get_actions_detail(request, object_id) if given_up else []

    def locked(self, work: Callable[[], Result]) -> Result:
        return work()

    @badge(_("status"), COLOURS)
    def state(self, notice: Notice) -> tuple[str, Any]:
        return notice.status, Status(notice.status).label

    @admin.display(description=_("created"))
    def written(self, notice: Notice) -> str:
        return moment(notice.created_at, None)

    @admin.display(description=_("sent"))
    def sent(self, notice: Notice) -> str:
        return moment(notice.sent_at, None) if notice.sent_at else NOTHING

    @admin.display(description=_("kind"))
    def about(self, notice: Notice) -> str:
        return kinds.label_of(notice.kind)

    @admin.display(description=_("reason"))
    def why(self, notice: Notice) -> str:
        return explained(notice.error)

    @button(_("Try again"), path="retry", icon="send", permission="retry")
    def retry_notice(self, request: HttpRequest, object_id: str) -> Any:
        return self.ask(request, object_id, TRY_AGAIN)

    @action(description=_("Try again"), permissions=["retry"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        pks = list(queryset.values_list("pk", flat=True))
        return self.do(request, pks, TRY_AGAIN, request.get_full_path())
