"""What people are told about leads: that there is a new one, that it is theirs, that it moved."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.base.outbox import kinds
from crm.base.outbox.kinds import Kind, Letter, Line, Payload
from leads.choices import Status
from leads.lead import Lead
from leads.letters import HOW_TO_REACH, facts, named, others
from leads.rights import OVERSEE, VIEW
from leads.telling import ASSIGNED, CREATED, MOVED


def new_lead(reader: Any, payload: Payload) -> Letter | None:
    lead = _seen_by(reader).filter(pk=payload["lead"]).first()
    if lead is None:
        return None
    told = ("channel", *HOW_TO_REACH, "created_by", "assigned_to")
    subject = _("New lead: %(lead)s") % {"lead": lead}
    return Letter(subject, [named(lead), *facts(lead, reader, told)])


def assigned(reader: Any, payload: Payload) -> Letter | None:
    """Tell of the leads that still are the reader's: one, or the first of many."""
    theirs = _owned_by(reader).filter(pk__in=payload["leads"])
    leads = list(theirs.order_by("pk"))
    if not leads:
        return None
    more = payload["count"] - len(payload["leads"])
    if len(leads) + more == 1:
        told = ("status", "channel", *HOW_TO_REACH)
        subject = _("A lead for you: %(lead)s") % {"lead": leads[0]}
        return Letter(subject, [named(leads[0]), *facts(leads[0], reader, told)])
    count = len(leads) + more
    subject = ngettext("%(count)d lead for you", "%(count)d leads for you", count)
    lines = [*map(named, leads), *others(more, reverse("admin:leads_lead_changelist"))]
    return Letter(subject % {"count": count}, lines)


def moved(reader: Any, payload: Payload) -> Letter | None:
    """Tell of the last move only: of those before there is nothing to be seen any more."""
    found = _owned_by(reader).filter(pk=payload["lead"], status=payload["new"])
    lead = found.first()
    if lead is None:
        return None
    old, new = (Status(payload[name]).label for name in ("old", "new"))
    lines = [named(lead), Line(_("Status: %(old)s → %(new)s") % {"old": old, "new": new})]
    if payload["by"]:
        lines.append(Line(_("By: %(name)s") % {"name": payload["by"]}))
    if payload["reason"]:
        lines.append(Line(_("Reason: %(reason)s") % {"reason": payload["reason"]}))
    return Letter(f"{lead}: {old} → {new}", lines)


def _seen_by(reader: Any) -> Any:
    people = ("created_by", "assigned_to")
    return Lead.objects.live().visible_to(reader).select_related(*people)


def _owned_by(reader: Any) -> Any:
    return _seen_by(reader).filter(assigned_to=reader.pk)


kinds.register(Kind(CREATED, gettext_lazy("A new lead"), new_lead, OVERSEE))
kinds.register(Kind(ASSIGNED, gettext_lazy("A lead is given to me"), assigned, VIEW))
kinds.register(Kind(MOVED, gettext_lazy("A lead of mine is moved by somebody else"), moved, VIEW))
