"""What customers owe."""

from typing import Any

from django.db.models import Count, F, Sum
from django.utils.translation import ngettext

from crm.base.money import ExactMoneyField, amount_text
from invoices.kinds import Status


def unpaid(customer: Any) -> str | None:
    """Return why ``customer`` should not be archived without asking; None without debts."""
    pending = customer.invoices.filter(status=Status.PENDING).order_by().values("currency")
    owed = F("total") - F("paid_amount") - F("credited_amount")
    sums = {"count": Count("pk"), "owed": Sum(owed, output_field=ExactMoneyField())}
    debts = pending.annotate(**sums).order_by("currency")
    rows = [(debt["currency"], debt["owed"], debt["count"]) for debt in debts]
    if not rows:
        return None
    count = sum(count for _currency, _owed, count in rows)
    told = ", ".join(f"{amount_text(owed, currency)} {currency}" for currency, owed, _ in rows)
    message = ngettext(
        "%(count)d unpaid invoice: %(sums)s.", "%(count)d unpaid invoices: %(sums)s.", count
    )
    return message % {"count": count, "sums": told}
