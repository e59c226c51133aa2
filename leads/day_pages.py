"""My day: what somebody has to do themselves, the overdue first, in their own time zone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
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
    """Return what is overdue, what is for the rest of today, and for the week after."""
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
    return [
        _steps(title, mine.filter(**span), f"{address}?due={name}{whose}", name == "overdue")
        for title, name, span in spans
    ]


def _whose(actor: Any, name: str) -> str:
    """Return what narrows a list to one's own, for those whose lists have everybody's."""
    return f"&{name}={actor.pk}" if actor.has_perm(OVERSEE) else ""


def _steps(title: Any, steps: QuerySet[Any], more: str, is_late: bool) -> Group:
    ordered = steps.select_related("lead", "last_action").order_by(*DUE_FIRST)
    rows = [_row(step.lead, step) for step in ordered[:MOST_ROWS]]
    return Group(title, rows, counted(steps, rows), more, is_late)


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


def counted(records: QuerySet[Any], rows: list[Any]) -> str:
    """Return how many there are, as far as it is worth counting."""
    if len(rows) < MOST_ROWS:
        return str(len(rows))
    count = records.order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _row(lead: Any, step: Any) -> dict[str, Any]:
    return {
        "lead": lead,
        "step": step,
        "contact": contact(lead),
        "worth": value(lead),
        "colour": COLOURS[lead.status],
    }
