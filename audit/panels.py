"""What a person's page shows of the audit trail: where to read what they did."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.base.context import current
from crm.base.registry import page_panels


def deeds_of(person: Any) -> tuple[Any, str] | None:
    """Return the panel that leads to what ``person`` did, for those who may read it."""
    actor = current().actor
    if actor is None or not actor.has_perm("audit.view_trail"):
        return None
    today = timezone.localdate()
    week_ago = today - timedelta(days=6)
    links = [
        (_("Today"), trail(user=person.pk, **{"from": today, "to": today})),
        (_("Last 7 days"), trail(user=person.pk, **{"from": week_ago, "to": today})),
        (_("Everything"), trail(user=person.pk)),
        (_("What happened to this account"), trail(table="user", record=person.pk)),
    ]
    return _("In the audit trail"), render_to_string("audit/deeds.html", {"links": links})


def trail(**question: Any) -> str:
    """Return the address of the page that answers ``question``."""
    return f"{reverse('admin:audit')}?{urlencode(question)}"


page_panels.add(get_user_model(), deeds_of)
