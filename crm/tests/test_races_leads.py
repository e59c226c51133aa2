"""Competing conversions of leads; each beside the careless version that loses."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from crm.base.errors import Conflict
from crm.tests.clients import ApiClient
from crm.tests.races import Answer, answer_of, meeting_point, race
from customers.models import Customer
from leads import conversion
from leads.models import Lead
from leads.tests.make import make_lead

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]
RIVALS = 8
FEW = 6


def ask(client: ApiClient, lead: Lead) -> Answer:
    return answer_of(client.post(f"/api/v1/leads/{lead.pk}/convert"))


def test_parallel_conversions_make_one_customer(as_maria: ApiClient) -> None:
    lead = make_lead()
    answers = race(*[partial(ask, as_maria, lead)] * RIVALS)
    assert Counter(answer.status for answer in answers) == {200: 1, 409: RIVALS - 1}
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"converted"}
    assert Customer.objects.count() == 1
    assert Lead.objects.get().customer == Customer.objects.get()
    assert Customer.history.count() == 1


def test_leads_of_one_person_make_one_customer(as_maria: ApiClient) -> None:
    leads = [make_lead(email="ana@example.org") for _ in range(FEW)]
    answers = race(*(partial(ask, as_maria, lead) for lead in leads))
    assert Counter((answer.status, answer.json.get("detail")) for answer in answers) == {
        (200, None): FEW
    }
    assert set(Lead.objects.values_list("customer", flat=True)) == {Customer.objects.get().pk}


Convert = Callable[[Lead], Any]


def attempt(convert: Convert, pk: int) -> str:
    """Return "" or the code of the refusal."""
    try:
        convert(Lead.objects.get(pk=pk))
    except Conflict as error:
        return error.code
    return ""


def assert_one_makes_a_customer(convert: Convert) -> None:
    lead = make_lead()
    found = race(*[partial(attempt, convert, lead.pk)] * RIVALS)
    assert Counter(found) == {"": 1, "converted": RIVALS - 1}
    assert Customer.objects.count() == 1


def test_of_parallel_commands_one_makes_a_customer(db: None) -> None:
    assert_one_makes_a_customer(conversion.convert)


def test_without_a_lock_more_than_one_does(db: None) -> None:
    everybody_has_looked = meeting_point(RIVALS)

    def careless(lead: Lead) -> None:
        if lead.customer_id:
            raise Conflict(code="converted")
        everybody_has_looked.wait()
        customer = Customer.objects.create(name=lead.name)
        Lead.objects.filter(pk=lead.pk).audited_update(customer=customer, status="closed")

    with pytest.raises(AssertionError, match=f"{RIVALS}"):
        assert_one_makes_a_customer(careless)
    assert Customer.objects.count() == RIVALS
