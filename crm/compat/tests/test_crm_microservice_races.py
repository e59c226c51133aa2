"""004: one email is one lead's, also when it is sent many times at once."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat.crm_microservice import leads
from crm.compat.tests.samples_crm_microservice import JOHN
from crm.tests.clients import ApiClient, with_key
from crm.tests.races import meeting_point, race
from leads.matching import duplicates
from leads.models import Lead

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]
RIVALS = 6


def post(client: ApiClient) -> int:
    status: int = client.post("/compat/crm-microservice/leads/", JOHN).status_code
    return status


def assert_one_is_first() -> None:
    scopes = [Scope.LEADS_READ, Scope.LEADS_WRITE]
    clients = [with_key(make_key(scopes=scopes)) for _ in range(RIVALS)]
    statuses = Counter(race(*[partial(post, client) for client in clients]))
    assert statuses == {200: 1, 400: RIVALS - 1}
    assert Lead.objects.count() == 1


def test_of_leads_with_one_email_one_is_first() -> None:
    assert_one_is_first()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_without_waiting_for_a_turn_all_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_looked = meeting_point(RIVALS)

    def careless(*args: Any) -> Any:
        found = duplicates(*args)
        everybody_has_looked.wait()
        return found

    monkeypatch.setattr(leads, "duplicates", careless)
    monkeypatch.setattr(leads, "wait_for_turn", lambda task: None)
    with pytest.raises(AssertionError, match=f"200: {RIVALS}"):
        assert_one_is_first()
