"""What is to be done next about a lead, and when: set by a person."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.lead import Lead
from leads.locking import locked_lead
from leads.process import Process

LONGEST_NAME = 150


def plan(lead: Lead, when: datetime) -> Process:
    """Set the date of the lead's next step, however early, and return the step.

    The newest open process moves; a lead without one gets one. Raises ``Conflict`` for a lead
    that is finished or archived.
    """
    with transaction.atomic():
        locked = locked_lead(lead.pk) or lead
        steps: Any = locked.processes
        step: Process | None = steps.open().order_by("-pk").first()
        if step is None:
            made: Process = steps.create(name=str(locked)[:LONGEST_NAME], next_followup_at=when)
            return made
        step.next_followup_at = when
        step.save()
        return step
