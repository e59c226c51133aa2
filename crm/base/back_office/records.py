"""The base of every record's back office: a subclass declares, it does not program."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from crm.base.back_office.forms import RecordForm
from crm.base.back_office.history import history_page
from crm.base.back_office.lists import LONGEST_SEARCH, BoundedListMixin, without
from crm.base.back_office.picked import PickedMixin
from crm.base.back_office.stamps import StampsMixin
from crm.base.back_office.submissions import submission_of, submit
from crm.base.back_office.verbs import VerbsMixin
from crm.base.back_office.versions import VersionsMixin
from crm.base.registry import page_panels

Result = TypeVar("Result")


class RecordAdmin(
    StampsMixin, BoundedListMixin, PickedMixin, VersionsMixin, VerbsMixin, ModelAdmin
):
    """Shows and changes what ``visible_to`` lets the user see, as their role permits.

    A subclass names ``list_display``, ``sortable_by`` (indexed columns only), ``list_filter``
    (classes of ``crm.base.back_office.filters``) and ``fieldsets``; ``form`` derives from
    ``RecordForm``. Nothing is deleted, and the records' own history replaces Django's log.
    """

    form: type[RecordForm] = RecordForm
    add_form: type[RecordForm] | None = None
    change_form_template = "back_office/change_form.html"
    search_fields: Sequence[str] = ("search_text",)
    ordering: Sequence[str] = ("-id",)
    list_select_related: Sequence[str] = ("created_by",)
    readonly_fields: Sequence[str] = ("created", "changed")
    empty_value_display = "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the user may see: the only door to the rows."""
        records: Any = self.model._default_manager.all()
        return records.visible_to(request.user)  # type: ignore[no-any-return]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        record = super().get_object(request, object_id, from_field)
        if record is None:
            raise Http404
        return record

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        """Return what a foreign key may point to: what the user may see."""
        return db_field.remote_field.model._default_manager.all().visible_to(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()[:LONGEST_SEARCH] if self.model.searchable else ""
        return (queryset.search(text) if text else queryset), False  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def prepare(self, request: HttpRequest, object_id: str | None) -> None:
        """Do for a POSTed form what must not hold a transaction open: hash, decode."""

    def lock(self) -> None:
        """Lock what must be locked before anything else in a unit of work."""

    def locked(self, work: Callable[[], Result]) -> Result:
        self.lock()
        return work()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        page = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if request.method != "POST":
            return page()
        if self.has_change_permission(request) if object_id else self.has_add_permission(request):
            self.prepare(request, object_id)
        return submit(request, partial(self.locked, page))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        record = options.get("obj")
        context["panels"] = page_panels.ask(record) if record else []
        context.setdefault("show_save_and_add_another", record is None)
        return super().render_change_form(request, context, *args, **options)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        if obj is None and self.add_form:
            options["form"] = self.add_form
        form = super().get_form(request, obj, change=change, **options)
        form.submission = submission_of(request)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        """Return the fieldsets without what the user may not see or cannot use."""
        hidden = self.model.hidden_fields(request.user)
        if obj is None:
            hidden |= frozenset(self.get_readonly_fields(request))
        elif not self.has_change_permission(request, obj):
            stored = {field.name for field in self.opts.concrete_fields}
            hidden |= self.form.declared_fields.keys() - stored
        shown = [
            (title, {**options, "fields": without(options["fields"], hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]
        return [(title, options) for title, options in shown if options["fields"]]

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Return the columns less the hidden fields; a computed column answers for its own."""
        return without(super().get_list_display(request), self.model.hidden_fields(request.user))

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        if request.POST.get("version") != str(obj.version):
            return super().response_change(request, obj)
        self.message_user(request, _("You changed nothing, so nothing was saved."), messages.INFO)
        return HttpResponseRedirect(request.get_full_path())

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return history_page(self, request, self.get_object(request, unquote(object_id)))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing: the record's history has it."""

    log_change = log_addition
