"""What a lead's page shows beside its fields, and a customer's page of its leads."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from crm.base.context import current
from crm.base.registry import page_panels
from customers.models import Customer
from leads.admin_columns import COLOURS
from leads.matching import duplicates
from leads.models import Lead, Status
from leads.status_history import statuses

MOST_ACTIONS = 50
MOST_STEPS = 20
MOST_LEADS = 20
LABELS = dict(Status.choices)


def panels_of(lead: Any, actor: Any) -> dict[str, Any]:
    """Return the context of a lead's page: who it may be twice, what was done, what comes next."""
    actions = lead.actions.visible_to(actor).select_related("created_by")
    stays = [
        {**vars(stay), "label": LABELS.get(stay.status, stay.status)} for stay in statuses(lead)
    ]
    return {
        "duplicates": duplicates(lead, actor),
        "actions": actions.order_by("-occurred_at", "-id")[:MOST_ACTIONS],
        "steps": lead.processes.visible_to(actor).order_by("-id")[:MOST_STEPS],
        "stays": stays[::-1],
    }


def leads_of(customer: Customer) -> tuple[Any, str] | None:
    """Return the panel of a customer's page that lists the leads which one may see."""
    actor = current().actor
    if actor is None:
        return None
    leads = Lead.objects.visible_to(actor).filter(customer=customer).order_by("-id")
    rows = [(lead, COLOURS[lead.status]) for lead in leads[: MOST_LEADS + 1]]
    context = {"rows": rows[:MOST_LEADS], "more": len(rows) > MOST_LEADS, "customer": customer}
    return _("Leads"), render_to_string("leads/customer_panel.html", context)


page_panels.add(Customer, leads_of)
