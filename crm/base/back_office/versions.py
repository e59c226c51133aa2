"""The page that shows a record as it was, and puts it back to that."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.errors import StaleRecord
from crm.base.past.versions import differences, put_back
from crm.base.readable import NOTHING, Names, label
from crm.base.storing.unit_of_work import unit_of_work
from crm.base.trail.differences import SILENT
from crm.base.trail.timeline import told


class VersionsMixin:
    """What an admin needs to show its records as they were."""

    def get_urls(self: Any) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_version"
        view = self.admin_site.admin_view(self.version_view)
        page = path("<path:object_id>/history/<int:history_id>/", view, name=name)
        return [page, *super().get_urls()]  # type: ignore[misc]

    def version_view(
        self: Any, request: HttpRequest, object_id: str, history_id: int
    ) -> HttpResponseBase:
        """Show the record as it was at an entry of its history, or put it back to that."""
        record = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        entries = told(record, self.model.hidden_fields(request.user))
        version = entries.filter(history_id=history_id).first() if _fits(history_id) else None
        if not version:
            raise Http404
        may = bool(record.restorable) and self.has_change_permission(request, record)
        if request.method not in ("GET", "HEAD", "POST") or (request.method == "POST" and not may):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.method == "POST" and _done(self, request, record, version):
            return HttpResponseRedirect(
                reverse(
                    f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk]
                )
            )
        current = self.get_object(request, unquote(object_id))
        return _shown(self, request, current, version, may)


def _fits(number: int) -> bool:
    return number < 10**18


def _done(model_admin: Any, request: HttpRequest, record: Any, version: Any) -> bool:
    """Put the record back in one unit of work and say so, or say why it cannot be."""
    try:
        unit_of_work(partial(_put_back, model_admin, request, record.pk, version))
    except REFUSALS as error:
        for name, text in reasons(error):
            model_admin.message_user(request, _told(record, name, text), messages.ERROR)
        return False
    model_admin.message_user(request, _("It is put back to what it was."), messages.SUCCESS)
    return True


def _put_back(model_admin: Any, request: HttpRequest, pk: int, version: Any) -> None:
    model_admin.lock()
    records = model_admin.get_queryset(request).select_for_update(of=("self",), no_key=True)
    record = records.filter(pk=pk).first()
    if record is None:
        raise Http404
    if request.POST.get("version") != str(record.version):
        raise StaleRecord
    put_back(record, version, type(record).hidden_fields(request.user))


def _told(record: Any, name: str, text: str) -> str:
    fields = {field.name: field for field in record._meta.concrete_fields}
    return f"{label(fields[name])}: {text}" if name in fields else text


def _shown(
    model_admin: Any, request: HttpRequest, record: Any, version: Any, may: bool
) -> TemplateResponse:
    hidden = type(record).hidden_fields(request.user)
    found = differences(record, version, hidden)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("As it was"),
        "subtitle": str(record),
        "opts": record._meta,
        "original": record,
        "version": version,
        "rows": list(_rows(record, version, found, hidden, request.user)),
        "may_put_back": may and any(not one.obstacle for one in found),
        "differs": bool(found),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "back_office/version.html", context)


def _rows(record: Any, version: Any, found: Any, hidden: frozenset[str], actor: Any) -> Any:
    """Yield the label, what it was, what it is, and what of that comes back, for each field."""
    changed = {one.name: one for one in found}
    fields = [field for field in version.tracked_fields if field.name not in SILENT | hidden]
    then = {field.name: field.value_from_object(version) for field in fields}
    now = {one.name: one.now for one in found}
    names = Names(type(record), actor, [then, now])
    for field in map(record._meta.get_field, then):
        text = names.readable(field, then[field.name])
        difference = changed.get(field.name)
        if not difference and (field.primary_key or not field.editable or text == NOTHING):
            continue
        yield {
            "label": label(field),
            "then": text,
            "now": names.readable(field, difference.now) if difference else "",
            "differs": bool(difference),
            "obstacle": difference.obstacle if difference else "",
        }
