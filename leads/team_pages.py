"""The team, for those who oversee: who is behind, what nobody touches, and what has no owner."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.inputs import NOBODY
from crm.base.storing import tallies
from leads.admin_filters import days_text
from leads.choices import OPEN
from leads.models import Lead, Process
from leads.rights import OVERSEE

DAYS = (7, 14, 30, 90)


def team_page(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Show for each person how much is open, overdue and untouched, and the same of nobody."""
    if not request.user.has_perm(OVERSEE):
        raise PermissionDenied
    given = request.GET.get("days", "")
    days = next((one for one in DAYS if str(one) == given), DAYS[1])
    rows = _rows(request.user, timezone.now() - timedelta(days=days))
    context = {
        **site.each_context(request),
        "title": _("Team"),
        "rows": rows,
        "days": days,
        "days_text": str(days),
        "choices": [(one, days_text(one)) for one in DAYS],
        "total": {name: sum(row[name] for row in rows) for name in ("open", "late", "stale")},
    }
    return TemplateResponse(request, "leads/team.html", context)


def _rows(actor: Any, since: Any) -> list[dict[str, Any]]:
    """Return a row for each person who has open leads or could have, the most overdue first."""
    leads = Lead.objects.visible_to(actor).live()
    opened: Counter[Any] = Counter()
    for group in tallies.counts(leads):
        opened[group["assigned_to_id"]] += group["count"] if group["status"] in OPEN else 0
    late = _late(actor)
    touched = leads.stale(since).order_by().values_list("assigned_to")
    stale = dict(touched.annotate(count=Count("*")))
    people: dict[Any, Any] = {None: None, **_people(actor, {*opened, *late, *stale})}
    rows = [
        {
            "who": NOBODY if pk is None else str(pk),
            "person": person,
            "open": opened[pk],
            "late": late.get(pk, (0, None))[0],
            "oldest": late.get(pk, (0, None))[1],
            "stale": stale.get(pk, 0),
        }
        for pk, person in people.items()
    ]
    return sorted(rows, key=lambda row: (-row["late"], -row["stale"], str(row["person"])))


def _late(actor: Any) -> dict[Any, tuple[int, Any]]:
    """Return how many follow-ups of each owner are overdue, and since when the oldest is."""
    steps = Process.objects.visible_to(actor).overdue().order_by().values_list("owner")
    found = steps.annotate(count=Count("pk"), oldest=Min("next_followup_at"))
    return {owner: (count, oldest) for owner, count, oldest in found}


def _people(actor: Any, busy: set[Any]) -> dict[Any, Any]:
    people: Any = get_user_model()._default_manager.all().visible_to(actor)
    return {one.pk: one for one in people if one.is_active or one.pk in busy}
