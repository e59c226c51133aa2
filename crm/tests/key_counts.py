"""Compares the customers of each day with what is counted against a key's daily limit."""

from datetime import UTC

from django.db.models import Count
from django.db.models.functions import TruncDate

from accounts.models import ApiKey, ApiKeyUse
from customers.models import Customer


def assert_counted_exactly(key: ApiKey) -> None:
    """Raise ``AssertionError`` unless the only key in use created what is counted of each day."""
    created = Customer.objects.order_by().values_list(TruncDate("created_at", tzinfo=UTC))
    rows = dict(created.annotate(Count("pk")))
    counted = dict(ApiKeyUse.objects.filter(api_key=key).values_list("day", "used"))
    assert counted == rows, f"counted {counted}, created {rows}"
    assert max(rows.values()) <= key.daily_limit
    assert Customer.history.count() == Customer.objects.count()
