"""The board: leads in columns by their status, which are moved from one to another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.auth import get_user_model
from django.db.models import Subquery
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.inputs import NOBODY
from crm.base.back_office.pickers import is_number
from crm.base.storing import tallies
from leads.admin_columns import CHANNELS, COLOURS, contact, value
from leads.choices import Status
from leads.models import Lead
from leads.rights import OVERSEE

MOST_CARDS = 50


def board_page(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Show the newest leads of each status, and how many there are."""
    people = _people(request.user)
    chosen = _chosen(request, people)
    leads = Lead.objects.visible_to(request.user).live().filter(**chosen)
    counts: Counter[str] = Counter()
    for group in tallies.counts(leads):
        counts[group["status"]] += group["count"]
    cards = _newest(leads, counts)
    context = {
        **site.each_context(request),
        "title": _("Board"),
        "columns": [_column(status, cards[status], counts[status], chosen) for status in Status],
        "statuses": Status.choices,
        "channels": CHANNELS.items(),
        "people": people,
        "channel": chosen.get("channel"),
        "person": request.GET.get("assigned_to", "") if "assigned_to" in chosen else "",
        "here": request.get_full_path(),
        "is_fullwidth": "1",
    }
    return TemplateResponse(request, "leads/board.html", context)


def _people(actor: Any) -> list[tuple[str, Any]]:
    """Return those by whom one may choose; for who sees their own leads only, nobody."""
    if not actor.has_perm(OVERSEE):
        return []
    people: Any = get_user_model()._default_manager.all()
    named = people.visible_to(actor).assignable().order_by("username")
    found = [(str(pk), name) for pk, name in named.values_list("pk", "username")]
    return [(NOBODY, _("Nobody")), *found]


def _chosen(request: HttpRequest, people: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the conditions that the address asks for; what it should not have is left out."""
    chosen: dict[str, Any] = {}
    person, channel = (request.GET.get(name, "") for name in ("assigned_to", "channel"))
    if person in dict(people):
        chosen["assigned_to"] = int(person) if is_number(person) else None
    if channel in CHANNELS:
        chosen["channel"] = channel
    return chosen


def _newest(leads: Any, counts: Mapping[str, int]) -> dict[str, list[Lead]]:
    """Return the newest leads of each status, ``MOST_CARDS`` or the fewer that there are."""
    oldest = _oldest_shown(leads, [status for status in Status if counts[status] > MOST_CARDS])
    of_each = (leads.filter(status=status, pk__gte=oldest.get(status) or 0) for status in Status)
    cards: dict[str, list[Lead]] = {status: [] for status in Status}
    for lead in reduce(or_, of_each).select_related("assigned_to").order_by("-id"):
        cards[lead.status].append(lead)
    return cards


def _oldest_shown(leads: Any, statuses: Sequence[Status]) -> dict[Status, int | None]:
    """Return the id of the last card of each of ``statuses``, all with one statement."""
    if not statuses:
        return {}
    last = slice(MOST_CARDS - 1, MOST_CARDS)
    newest = leads.order_by("-id").values("pk")
    asked = [Subquery(newest.filter(status=status)[last]) for status in statuses]
    found = leads.order_by().values_list(*asked).first() or [None] * len(statuses)
    return dict(zip(statuses, found, strict=True))


def _column(
    status: Status, leads: Sequence[Lead], count: int, chosen: dict[str, Any]
) -> dict[str, Any]:
    named = {"status": status.value, **chosen}
    query = urlencode({name: NOBODY if one is None else one for name, one in named.items()})
    return {
        "status": status.value,
        "label": status.label,
        "colour": COLOURS[status],
        "count": count,
        "cards": [
            {"lead": lead, "contact": contact(lead), "worth": value(lead)}
            for lead in leads[:MOST_CARDS]
        ],
        "more": count > MOST_CARDS and f"{reverse('admin:leads_lead_changelist')}?{query}",
    }
