"""What a document is, and how far it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("invoice", "Draft")
    PENDING = "pending", pgettext_lazy("invoice", "Pending")
    PAID = "paid", pgettext_lazy("invoice", "Paid")
    CANCELLED = "cancelled", pgettext_lazy("invoice", "Cancelled")


class Method(models.TextChoices):
    TRANSFER = "transfer", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    OTHER = "other", pgettext_lazy("payment", "Other")


# What may still change of a document that is issued: what happens to it, not what it says.
MUTABLE = frozenset(
    {"status", "paid_amount", "credited_amount", "customer_id", "version", "updated_at"}
    | {"modified_by_id", "search_text"}
)
