"""What the back office's start page tells each role; as many statements whatever there is."""

from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Role
from crm.base.storing import tallies
from customers.models import ClientType, Customer
from customers.stats import stats
from leads.choices import OPEN, Status
from leads.models import Lead

LATEST = 10


def home(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the start page for the user who asks."""
    return {**_leads(request.user), **_customers(request.user), **_users(request.user)}


def _leads(actor: Any) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    nobodys = 0
    for group in tallies.counts(Lead.objects.visible_to(actor).live()):
        counts[group["status"]] += group["count"]
        is_open = group["status"] in OPEN
        nobodys += group["count"] if is_open and group["assigned_to_id"] is None else 0
    by_status = [(word, status, counts[status]) for status, word in Status.choices]
    return {"leads": {"by_status": by_status, "nobodys": nobodys}}


def _customers(actor: Any) -> dict[str, Any]:
    live = Customer.objects.visible_to(actor).live()
    counts = stats(live)
    by_type = [(ClientType(name).label, count) for name, count in counts["by_type"].items()]
    return {
        "customers": {
            "total": counts["total"],
            "recent": counts["registered_last_30_days"],
            "by_type": by_type,
        },
        "latest": live.select_related("created_by").order_by("-id")[:LATEST],
    }


def _users(actor: Any) -> dict[str, Any]:
    if not actor.has_perm("accounts.view_user"):
        return {}
    active = User.objects.visible_to(actor).filter(is_active=True)
    counts = dict(active.order_by().values_list("role").annotate(Count("pk")))
    return {"users": [(role.label, counts.get(role.value, 0)) for role in Role]}
