"""My day: what somebody has to do themselves, the overdue first, in their own time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.admin_columns import COLOURS, contact, value
from leads.agenda import DUE_FIRST, today
from leads.choices import ActionType, Status
from leads.models import Lead, Process
from leads.rights import CONVERT, OVERSEE

MOST_ROWS = 25
# Counting further costs more, and says no more.
MOST_COUNTED = 1000
WEEK = timedelta(days=7)
LOGGED = (
    (ActionType.CALL, "call"),
    (ActionType.WHATSAPP, "chat"),
    (ActionType.EMAIL, "mail"),
    (ActionType.MEETING, "groups"),
    (ActionType.NOTE, "edit_note"),
)
STATUSES = Status.choices


@dataclass(frozen=True)
class Group:
    """Some rows of the page; ``more`` leads to all of them."""

    title: Any
    rows: list[dict[str, Any]]
    count: str
    more: str
    is_late: bool = False


def day_page(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Show what is due for whoever asks, and which of their leads have no next step."""
    now = timezone.now()
    context = {
        **site.each_context(request),
        "title": gettext_lazy("My day"),
        "groups": [*_due(request.user, now), _without_step(request.user)],
        "logged": [(word.value, word.label, icon) for word, icon in LOGGED],
        "statuses": STATUSES,
        "here": request.path,
        "may_convert": request.user.has_perm(CONVERT),
        "today": timezone.localtime(now),
    }
    return TemplateResponse(request, "leads/day.html", context)


def _due(actor: Any, now: Any) -> list[Group]:
    """Return what is overdue, what is for the rest of today, and for the week after.

    With two statements: which steps they are, as far as it is worth counting, and those shown.
    """
    end = today(actor, now).end
    mine = Process.objects.visible_to(actor).filter(owner=actor).open()
    spans = [
        (_("Overdue"), "overdue", {"next_followup_at__lt": now}),
        (_("Today"), "today", {"next_followup_at__gte": now, "next_followup_at__lt": end}),
        (
            _("In the next 7 days"),
            "week",
            {"next_followup_at__gte": end, "next_followup_at__lt": end + WEEK},
        ),
    ]
    whose = _whose(actor, "owner")
    address = reverse("admin:leads_process_changelist")
    found = _soonest([mine.filter(**span) for _title, _name, span in spans])
    shown = Process.objects.select_related("lead", "last_action").in_bulk(
        [pk for pks in found for pk in pks[:MOST_ROWS]]
    )
    return [
        Group(
            title,
            [_row(shown[pk].lead, shown[pk]) for pk in pks[:MOST_ROWS] if pk in shown],
            counted(pks),
            f"{address}?due={name}{whose}",
            is_late=name == "overdue",
        )
        for (title, name, _span), pks in zip(spans, found, strict=True)
    ]


def _soonest(spans: Sequence[QuerySet[Any]]) -> list[list[int]]:
    """Return the ids of what is due first in each of ``spans``, of all with one statement."""
    first, *others = (
        Process.objects.filter(pk__in=steps.order_by(*DUE_FIRST).values("pk")[: MOST_COUNTED + 1])
        .annotate(span=Value(number))
        .order_by()
        .values_list("span", *DUE_FIRST)
        for number, steps in enumerate(spans)
    )
    found: list[list[int]] = [[] for _ in spans]
    for number, _moment, pk in sorted(first.union(*others, all=True)):
        found[number].append(pk)
    return found


def _whose(actor: Any, name: str) -> str:
    """Return what narrows a list to one's own, for those whose lists have everybody's."""
    return f"&{name}={actor.pk}" if actor.has_perm(OVERSEE) else ""


def _without_step(actor: Any) -> Group:
    """Return the leads with which nothing is planned, of the newest ``MOST_COUNTED`` open ones.

    Looking through more costs more; the list that ``more`` leads to does.
    """
    mine: Any = Lead.objects.visible_to(actor).filter(assigned_to=actor).order_by("-id")
    newest = list(mine.open().values_list("pk", flat=True)[:MOST_COUNTED])
    # Apart: together they lead PostgreSQL through all the leads of somebody who has many.
    among: Any = Lead.objects.filter(pk__in=newest)
    found = list(among.without_step().order_by("-id").values_list("pk", flat=True))
    leads = mine.filter(pk__in=found[:MOST_ROWS])
    more = f"{reverse('admin:leads_lead_changelist')}?attention=stepless"
    count = f"{len(found)}+" if len(newest) == MOST_COUNTED else str(len(found))
    rows = [_row(lead, None) for lead in leads]
    return Group(_("Without a next step"), rows, count, more + _whose(actor, "assigned_to"))


def counted(found: Sequence[int]) -> str:
    """Return how many there are, as far as it is worth counting."""
    return f"{MOST_COUNTED}+" if len(found) > MOST_COUNTED else str(len(found))


def _row(lead: Any, step: Any) -> dict[str, Any]:
    return {
        "lead": lead,
        "step": step,
        "contact": contact(lead),
        "worth": value(lead),
        "colour": COLOURS[lead.status],
    }
