"""Giving leads to people: many at once, and all of somebody's when they leave."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from crm.base.storing.bulk_inserts import batches
from leads.lead import Lead
from leads.process import Process
from leads.telling import tell_assigned


def assign_many(leads: Iterable[Lead], user: Any) -> int:
    """Assign every one of ``leads`` to ``user``, or to nobody, and return how many; or none.

    Whoever gets them is told once.
    """
    with transaction.atomic():
        locked = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).order_by("pk")
        chosen = list(locked.select_for_update(of=("self",), no_key=True))
        given = [lead.pk for lead in chosen if user and lead.assigned_to_id != user.pk]
        for lead in chosen:
            lead.assign(user, tell_owner=False)
        tell_assigned(user, given)
    return len(chosen)


def hand_over(user: Any) -> None:
    """Give the open leads of ``user``, who is leaving, to ``user.successor``, or to nobody."""
    successor = user.successor.pk if user.successor else None
    with transaction.atomic():
        pks = list(open_leads(user).order_by("pk").values_list("pk", flat=True))
        for batch in batches(pks):
            Lead.objects.filter(pk__in=batch).audited_update(assigned_to_id=successor)
            Process.objects.filter(lead__in=batch).give_to(successor)
        tell_assigned(user.successor, pks)


def open_leads(user: Any) -> Any:
    return Lead.objects.filter(assigned_to=user.pk).open()


def what_they_leave(user: Any) -> str | None:
    """Return why somebody should not be deactivated without asking: their open leads."""
    count = 0 if user.successor else open_leads(user).count()
    if not count:
        return None
    told = ngettext(
        "%(user)s has %(count)d open lead. Without a successor it becomes unassigned.",
        "%(user)s has %(count)d open leads. Without a successor they become unassigned.",
        count,
    )
    return told % {"user": user, "count": count}
