from itertools import count
from typing import Any

from customers.models import Customer

_numbers = count(1)


def make_customer(**fields: Any) -> Customer:
    """Return a stored customer; a bare call gives a person with a name."""
    return Customer.objects.create(**{"name": f"Customer {next(_numbers)}"} | fields)
