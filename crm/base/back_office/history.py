"""The page that tells a record's history: read-only, and only of what one may see."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.readable import NOTHING, Names, label, role_label, source_label
from crm.base.trail import timeline

PER_PAGE = 25
ACTIONS = {
    "create": (gettext_lazy("Created"), "success"),
    "update": (gettext_lazy("Changed"), "info"),
    "archive": (gettext_lazy("Archived"), "warning"),
    "restore": (gettext_lazy("Restored"), "success"),
    "delete": (gettext_lazy("Deleted"), "danger"),
}
Values = dict[str, Any]


def history_page(model_admin: Any, request: HttpRequest, record: Any) -> HttpResponseBase:
    """Answer with a page of the record's history; the newest first, any other method 405."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not model_admin.has_view_permission(request, record):
        raise PermissionDenied
    hidden = type(record).hidden_fields(request.user)
    history = timeline.told(record, hidden)
    page = Paginator(history.order_by("-history_id"), PER_PAGE).get_page(request.GET.get("p"))
    entries = timeline.entries(page.object_list, history, hidden)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History"),
        "subtitle": str(record),
        "opts": record._meta,
        "original": record,
        "page": page,
        "entries": shown(entries, type(record), request.user),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "back_office/history.html", context)


def shown(entries: list[Values], model: Any, actor: Any) -> list[Values]:
    """Return the timeline's entries in words."""
    rows = [values for entry in entries for values in (entry["old_values"], entry["new_values"])]
    names = Names(model, actor, rows)
    return [
        {
            **entry,
            "action": ACTIONS[entry["action"]][0],
            "colour": ACTIONS[entry["action"]][1],
            "role": role_label(entry["user"]["role"]),
            "source": source_label(entry["source"]),
            "lines": list(_lines(model, names, entry)),
            "address": f"{entry['history_id']}/",
        }
        for entry in entries
    ]


def _lines(model: Any, names: Names, entry: Values) -> Any:
    """Yield ``(label, old, new)``; of a record made or deleted only what somebody chose."""
    old, new = entry["old_values"], entry["new_values"]
    for name in old | new:
        field = model._meta.get_field(name)
        line = names.readable(field, old.get(name)), names.readable(field, new.get(name))
        chosen = field.editable and not field.primary_key
        if line != (NOTHING, NOTHING) and (chosen or (old and new)):
            yield label(field), *line
