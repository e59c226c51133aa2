"""What is known of leads' columns: the indexes that lists use, what must never be, what returns.

What sorts or counts carries the columns people narrow by, so that rows are read for a page only.
"""

from django.db.models import BaseConstraint, CheckConstraint, Index, Q
from django.utils.translation import gettext_lazy as _

from crm.base.archiving import ARCHIVING
from leads.choices import Channel, Status

RESTORABLE = (
    *("name", "email", "phone", "instagram", "channel", "expected_value", "currency"),
    *("source_url", "admin_notes", "sales_notes"),
)
LEFT_ALONE = {
    "status": _("Move the lead instead: more than the lead depends on its status."),
    "assigned_to": _("Assign the lead instead."),
    "customer": _("Choose the customer on the lead itself."),
    "archived_at": ARCHIVING,
}
LIVE = Q(archived_at=None)
COUNTED = ["status", "channel", "status_changed_at"]

INDEXES = [
    # A salesperson's, and management's by salesperson.
    Index(fields=["assigned_to", "id", "channel"], condition=LIVE, name="lead_of_person"),
    Index(
        fields=["assigned_to", "status", "id", "channel"],
        condition=LIVE,
        name="lead_of_person_by_status",
    ),
    # In the past those of them, too, that were archived since.
    Index(
        fields=["assigned_to", "created_at", "id", *COUNTED, "archived_at"],
        name="lead_of_person_by_creation",
    ),
    # Everybody's.
    Index(fields=["status", "id", "channel"], condition=LIVE, name="lead_by_status"),
    Index(fields=["channel", "id"], condition=LIVE, name="lead_by_channel"),
    Index(fields=["created_at", "id", *COUNTED, "archived_at"], name="lead_by_creation"),
    Index(fields=["updated_at", "id"], name="lead_by_change"),
    Index(fields=["touched_at", "assigned_to", "status"], condition=LIVE, name="lead_by_touch"),
    Index(fields=["customer", "id"], name="lead_by_customer"),
    Index(fields=["email"], condition=LIVE & Q(email__isnull=False), name="lead_by_email"),
    Index(fields=["phone"], condition=LIVE & Q(phone__isnull=False), name="lead_by_phone"),
    Index(fields=["id", "assigned_to"], condition=~LIVE, name="lead_archived"),
]
CONSTRAINTS: list[BaseConstraint] = [
    CheckConstraint(condition=Q(status__in=Status.values), name="lead_status_known"),
    CheckConstraint(condition=Q(channel__in=Channel.values), name="lead_channel_known"),
    CheckConstraint(
        condition=Q(customer__isnull=False)
        | Q(email__isnull=False)
        | Q(phone__isnull=False)
        | ~Q(instagram=""),
        name="lead_reachable",
    ),
    CheckConstraint(
        condition=~Q(status=Status.CLOSED) | Q(customer__isnull=False), name="lead_won_by_customer"
    ),
    CheckConstraint(
        condition=Q(expected_value=None) | Q(expected_value__gte=0), name="lead_value_possible"
    ),
]
