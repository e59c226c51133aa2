"""How many customers there are, and of which kind."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from customers.models import ClientType, CustomerQuerySet

RECENT = timedelta(days=30)
MOST_COUNTRIES = 10


def stats(customers: CustomerQuerySet) -> dict[str, Any]:
    """Count ``customers``: in all, by type, the recently registered, and by known country."""
    customers = customers.order_by()
    by_type = {name: Count("pk", filter=Q(client_type=name)) for name in ClientType.values}
    recent = Count("pk", filter=Q(registered_at__gte=timezone.now() - RECENT))
    counts = customers.aggregate(total=Count("pk"), recent=recent, **by_type)
    countries = (
        customers.exclude(country_code="").values("country_code").annotate(count=Count("pk"))
    )
    return {
        "total": counts["total"],
        "by_type": {name: counts[name] for name in ClientType.values},
        "registered_last_30_days": counts["recent"],
        "by_country": list(countries.order_by("-count", "country_code")[:MOST_COUNTRIES]),
    }
