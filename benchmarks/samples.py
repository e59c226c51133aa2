"""Values of the database under measurement, to put into addresses."""

from datetime import timedelta
from urllib.parse import quote

from django.utils import timezone

from customers.models import Customer

AGO = 365  # days: how far the cases that read the past go back


def samples(middle: Customer) -> dict[str, str]:
    """Return what ``{name}`` stands for in a case's address, quoted."""
    values = {
        "id": middle.pk,
        "email": middle.email,
        "external_id": middle.external_id,
        "creator": middle.created_by_id,
        "phone": middle.phone,
        "phone_part": (middle.phone or "")[-7:],
        "tax_id": middle.tax_id,
        "rare": f"{middle.surname}{middle.pk:07d}",
        "day": middle.created_at.isoformat(),
        "then": (timezone.now() - timedelta(days=AGO)).isoformat(),
        "next_day": (middle.created_at + timedelta(days=1)).isoformat(),
    }
    return {name: quote(str(value), safe="") for name, value in values.items()}


def middle_customer() -> Customer:
    """Return a live customer from the middle who has everything that is sampled."""
    half = Customer.objects.count() // 2
    complete = Customer.objects.live().exclude(email=None).exclude(phone=None).exclude(tax_id="")
    found = complete.exclude(external_id=None).filter(pk__gte=half).order_by("pk").first()
    if found is None:
        raise SystemExit("The database is too small to take samples from.")
    return found
