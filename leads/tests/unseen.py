"""What sue has and sam must find no trace of, on any route or page."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead

# Whatever of sue's lead could show up somewhere, and nothing else has.
TRACES = (
    *("Zelda", "zelda", "zzunseen", "4240000077", "zztheme", "zzprivate", "zzvisit"),
    *("918273", "zzpage"),
)


@dataclass(frozen=True)
class Unseen:
    """A lead of somebody else's, with all that belongs to it; ``of`` finds one by its model."""

    lead: Lead
    action: Action
    process: Process

    def of(self, model: Any) -> Any:
        return {Lead: self.lead, Action: self.action, Process: self.process}[model]


def make_unseen(owner: User) -> Unseen:
    lead = make_lead(
        name="Zelda Zzunseen",
        email="zelda@zzunseen.example.org",
        phone="+584240000077",
        instagram="zzunseen",
        source_url="https://example.org/zzpage",
        admin_notes="zzprivate",
        sales_notes="zzprivate",
        expected_value="918273",
        assigned_to=owner,
    )
    action = make_action(lead, details="zztheme")
    process = lead.processes.get()
    process.name = "zzvisit"
    process.next_followup_at = action.occurred_at
    process.save()
    return Unseen(lead, action, process)


def traces(text: str) -> list[str]:
    """Return what ``text`` gives away."""
    return [trace for trace in TRACES if trace in text]
