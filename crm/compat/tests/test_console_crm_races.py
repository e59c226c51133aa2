"""000: what was counted and numbered wrongly when programs wrote at once."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from accounts.models import ApiKey
from accounts.tests.make import make_key
from crm.base.quotas import Quota, QuotaExceeded
from crm.compat.console_crm.usuarios import Users
from crm.compat.tests.samples_console_crm import LUCIA, WEB, lucia
from crm.compat.tests.test_console_crm import SCOPES
from crm.tests.clients import ApiClient, with_key
from crm.tests.key_counts import assert_counted_exactly
from crm.tests.races import meeting_point, race
from customers.models import Customer
from invoices.models import Invoice, Kind

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]
ROOT = "/compat/console-crm"
PROCESSES, EACH, LIMIT = 10, 10, 35


def create(client: ApiClient, process: int, number: int = EACH) -> list[int]:
    emails = [f"{process}.{one}@email.com" for one in range(number)]
    bodies = [{**LUCIA, "email": email} for email in emails]
    return [client.post(f"{ROOT}/usuarios", body).status_code for body in bodies]


def assert_so_many(limit: int, each: int) -> None:
    key = make_key(daily_limit=limit)
    outcomes = race(*[partial(create, with_key(key), one, each) for one in range(PROCESSES)])
    statuses = Counter(status for outcome in outcomes for status in outcome)
    assert statuses == {200: limit, 429: PROCESSES * each - limit}
    assert_counted_exactly(key)


def test_defect_of_a_hundred_parallel_calls_more_than_35_succeeded() -> None:
    assert_so_many(LIMIT, EACH)


def test_counting_before_creating_would_give_the_last_one_to_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody_has_counted = meeting_point(PROCESSES)

    def careless(self: Users, request: Any) -> None:
        used = Customer.objects.count()
        everybody_has_counted.wait()
        if used >= request.user.daily_limit:
            raise QuotaExceeded(Quota("daily", request.user.daily_limit, used, 1))

    def note(self: ApiKey, moment: Any) -> None:
        self.quota = Quota("daily", self.daily_limit, 1, 1)

    monkeypatch.setattr(Users, "prepare", careless)
    monkeypatch.setattr(ApiKey, "spend", note)
    with pytest.raises(AssertionError, match=f"200: {PROCESSES}"):
        assert_so_many(1, 1)


def bill(client: ApiClient, state: str) -> str:
    number: str = client.post(f"{ROOT}/facturas", WEB | {"estado": state}).json()["numero"]
    return number


def test_defect_numbers_were_doubled_under_parallel_creation() -> None:
    lucia()
    client = with_key(make_key(scopes=SCOPES))
    states = ["Pendiente", "Pagada", "Cancelada"] * 3
    found = race(*[partial(bill, client, state) for state in states])
    assert sorted(found) == [f"FAC{number:03d}" for number in range(1, 10)]
    assert Invoice.objects.filter(kind=Kind.CREDIT_NOTE).count() == 3
