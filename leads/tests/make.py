from itertools import count
from typing import Any

from leads.models import Action, Lead, Process

_numbers = count(1)


def make_lead(**fields: Any) -> Lead:
    """Return a stored lead; a bare call gives one that nobody has, with a name and an email."""
    number = next(_numbers)
    values = {"name": f"Prospect {number}", "email": f"prospect{number}@example.org"}
    return Lead.objects.create(**values | fields)


def make_action(lead: Lead | None = None, **fields: Any) -> Action:
    """Return a stored call, with which its lead's process begins or goes on."""
    values = {"action_type": "call", "lead": lead or make_lead()}
    return Action.objects.create(**values | fields)


def make_process(lead: Lead | None = None, **fields: Any) -> Process:
    """Return a stored process, due in a week."""
    values = {"name": f"Process {next(_numbers)}", "lead": lead or make_lead()}
    return Process.objects.create(**values | fields)
