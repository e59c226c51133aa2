from collections.abc import Iterator
from typing import Any

import pytest

from crm.base.outbox.kinds import Kind
from crm.base.tests.outbox.sample import kind


@pytest.fixture
def reminders(settings: Any) -> Iterator[Kind]:
    """The kind ``reminder``, in an installation whose address is known."""
    settings.BASE_URL = "https://crm.example.org"
    settings.DEFAULT_FROM_EMAIL = "CRM <crm@crm.example.org>"
    with kind() as registered:
        yield registered


@pytest.fixture
def reader(sam: Any) -> Any:
    """Sam, who can be reached."""
    sam.email, sam.phone = "sam@example.org", "+584121234567"
    sam.save()
    return sam
