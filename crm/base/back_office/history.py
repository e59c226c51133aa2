"""The page that tells a record's history: read-only, and only of what one may see."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.api.histories import history_answer, models_of
from crm.base.api.refusals import BadRequest
from crm.base.readable import NOTHING, Names, label, role_label, source_label

ACTIONS = {
    "create": (gettext_lazy("Created"), "success"),
    "update": (gettext_lazy("Changed"), "info"),
    "archive": (gettext_lazy("Archived"), "warning"),
    "restore": (gettext_lazy("Restored"), "success"),
    "delete": (gettext_lazy("Deleted"), "danger"),
}
Values = dict[str, Any]
Tell = Callable[[str, list[Values]], list[Values]]


def history_page(model_admin: Any, request: HttpRequest, record: Any) -> HttpResponseBase:
    """Answer with a page of the record's history; the newest first, any other method 405."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not model_admin.has_view_permission(request, record):
        raise PermissionDenied
    try:
        answer = history_answer(record, request.user, request.GET, request.path)
    except BadRequest:
        messages.warning(request, _("This page is not there any more. This is the newest."))
        return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History"),
        "subtitle": str(record),
        "opts": record._meta,
        "original": record,
        "entries": in_words(answer["results"], partial(_told, record, request.user)),
        "newer": answer["previous"],
        "older": answer["next"],
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "back_office/history.html", context)


def in_words(entries: Sequence[Values], tell: Tell) -> list[Values]:
    """Return ``entries`` as ``tell`` words those of each table, in their order."""
    by_table = defaultdict(list)
    for entry in entries:
        by_table[entry["table"]].append(entry)
    told = {entry["id"]: entry for name, of in by_table.items() for entry in tell(name, of)}
    return [told[entry["id"]] for entry in entries]


def _told(record: Any, actor: Any, table: str, entries: list[Values]) -> list[Values]:
    """Return entries of the record with the way to what it was, others with what they are of."""
    if table == record._meta.model_name:
        own = shown(entries, type(record), actor)
        return [{**entry, "address": f"{entry['history_id']}/"} for entry in own]
    model, _whose = models_of(record)[table]
    kind = capfirst(str(model._meta.verbose_name))
    return [{**entry, "kind": kind} for entry in shown(entries, model, actor)]


def shown(entries: Sequence[Values], model: Any, actor: Any) -> list[Values]:
    """Return the entries of one model in words."""
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
