"""How many customers there are, and of which kind."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.base.storing import tallies
from customers.models import ClientType, CustomerQuerySet

RECENT = timedelta(days=30)
MOST_COUNTRIES = 10


def stats(customers: CustomerQuerySet) -> dict[str, Any]:
    """Count ``customers``: in all, by type, the recently registered, and by known country."""
    types: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for group in tallies.counts(customers):
        types[group["client_type"]] += group["count"]
        countries[group["country_code"]] += group["count"]
    recent = customers.filter(registered_at__gte=timezone.now() - RECENT)
    return {
        "total": types.total(),
        "by_type": {name: types[name] for name in ClientType.values},
        "registered_last_30_days": recent.order_by().count(),
        "by_country": _largest(countries),
    }


def _largest(countries: Counter[str]) -> list[dict[str, Any]]:
    known = [(code, count) for code, count in countries.items() if code]
    known.sort(key=lambda pair: (-pair[1], pair[0]))
    return [{"country_code": code, "count": count} for code, count in known[:MOST_COUNTRIES]]
