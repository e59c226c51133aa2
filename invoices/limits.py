"""What the database refuses of documents, and by what it finds them."""

from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from invoices.kinds import Kind, Status

DRAFT = Q(status=Status.DRAFT)
_UNNUMBERED = Q(number=None, sequence=0, issue_date=None)
_NUMBERED = Q(number__gt="", sequence__gt=0, issue_date__isnull=False, due_date__isnull=False)
_SETTLED = F("paid_amount") + F("credited_amount")

CONSTRAINTS = [
    CheckConstraint(condition=Q(kind__in=Kind.values), name="invoice_kind_known"),
    CheckConstraint(condition=Q(status__in=Status.values), name="invoice_status_known"),
    CheckConstraint(
        condition=(DRAFT & _UNNUMBERED) | (~DRAFT & _NUMBERED), name="invoice_numbered_when_issued"
    ),
    CheckConstraint(
        condition=Q(kind=Kind.INVOICE, corrects=None)
        | Q(kind=Kind.CREDIT_NOTE, corrects__isnull=False),
        name="invoice_corrects_what",
    ),
    CheckConstraint(condition=Q(total=F("subtotal") + F("tax")), name="invoice_adds_up"),
    CheckConstraint(condition=Q(total__gte=0), name="invoice_total_possible"),
    CheckConstraint(
        condition=Q(paid_amount__gte=0, credited_amount__gte=0, total__gte=_SETTLED),
        name="invoice_never_overpaid",
    ),
    CheckConstraint(
        condition=~Q(status=Status.PAID) | Q(total=_SETTLED), name="invoice_paid_in_full"
    ),
    CheckConstraint(
        condition=~Q(status=Status.CANCELLED) | Q(total=F("credited_amount")),
        name="invoice_cancelled_in_full",
    ),
    CheckConstraint(
        condition=~DRAFT | Q(paid_amount=0, credited_amount=0), name="invoice_draft_unpaid"
    ),
    CheckConstraint(
        condition=Q(due_date=None) | Q(issue_date=None) | Q(due_date__gte=F("issue_date")),
        name="invoice_due_after_issue",
    ),
    UniqueConstraint(
        fields=["series", "series_year", "sequence"],
        condition=Q(sequence__gt=0),
        name="invoice_number_once",
    ),
]
INDEXES = [
    Index(fields=["series", "series_year", "sequence", "id"], name="invoice_by_number"),
    Index(fields=["customer", "id"], name="invoice_by_customer"),
    Index(fields=["status", "id"], name="invoice_by_status"),
    Index(fields=["created_at", "id"], name="invoice_by_creation"),
    Index(fields=["updated_at", "id"], name="invoice_by_change"),
    Index(fields=["issue_date", "id"], name="invoice_by_date"),
    Index(fields=["due_date", "id"], name="invoice_by_due_date"),
    Index(fields=["legacy_number"], condition=~Q(legacy_number=""), name="invoice_by_former"),
    # What is asked of them is all in the index, so that reports need not read the rows.
    Index(
        fields=[
            *("currency", "issue_date", "kind", "status"),
            *("total", "tax", "paid_amount", "credited_amount"),
        ],
        condition=~DRAFT,
        name="invoice_in_reports",
    ),
    Index(
        fields=[
            *("customer", "currency", "issue_date", "kind", "status"),
            *("total", "paid_amount", "credited_amount"),
        ],
        condition=~DRAFT,
        name="invoice_of_customer",
    ),
    Index(
        fields=[
            *("customer", "currency", "issue_date", "due_date"),
            *("total", "paid_amount", "credited_amount"),
        ],
        condition=Q(status=Status.PENDING),
        name="invoice_receivable",
    ),
]
