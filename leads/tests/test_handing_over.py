"""What becomes of the open leads of somebody who leaves, and of a customer who does."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from crm.base.errors import NeedsConfirmation
from crm.tests.clients import ApiClient
from crm.tests.pages import errors, filled, text
from customers.tests.make import make_customer
from leads.assignment import assign_many
from leads.conversion import convert
from leads.models import Lead
from leads.tests.make import make_action, make_lead

USERS = "/api/v1/users"


def owners(*leads: Lead) -> list[str | None]:
    found = [Lead.objects.get(pk=lead.pk).assigned_to for lead in leads]
    return [user.username if user else None for user in found]


@pytest.fixture
def work(sam: User) -> list[Lead]:
    """An open lead of sam's, with a step; one that is won, and one that is archived."""
    leads = [make_lead(assigned_to=sam) for _ in range(3)]
    make_action(leads[0])
    convert(leads[1])
    leads[2].archive()
    return leads


def leave(client: ApiClient, sam: User, successor: Any) -> Any:
    return client.delete(f"{USERS}/{sam.pk}?successor={successor}")


def stop(client: ApiClient, sam: User, successor: Any) -> Any:
    return client.patch(f"{USERS}/{sam.pk}", {"is_active": False, "successor": successor})


@pytest.mark.parametrize("way", [leave, stop])
def test_a_successor_takes_over_what_is_open(
    way: Any, as_alice: ApiClient, sam: User, sue: User, work: list[Lead]
) -> None:
    assert way(as_alice, sam, sue.pk).status_code in (200, 204)
    assert owners(*work) == ["sue", "sam", "sam"]
    assert work[0].processes.get().owner == sue


@pytest.mark.parametrize("way", [leave, stop])
def test_a_successor_is_somebody_else_who_is_active(
    way: Any, as_alice: ApiClient, sam: User, sue: User, work: list[Lead]
) -> None:
    sue.archive()
    for nobody in (sam.pk, sue.pk):
        answer = way(as_alice, sam, nobody)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "successor")
    assert way(as_alice, sam, 10**9).status_code in (400, 422)
    assert way(as_alice, sam, "x").status_code in (400, 422)
    assert owners(*work) == ["sam"] * 3


def test_without_one_the_caller_is_asked(as_alice: ApiClient, sam: User, work: list[Lead]) -> None:
    for answer in (
        as_alice.delete(f"{USERS}/{sam.pk}"),
        as_alice.patch(f"{USERS}/{sam.pk}", {"is_active": False}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "confirmation_required")
        assert "1 open lead." in answer.json()["reasons"][0]
    assert owners(*work) == ["sam"] * 3
    assert as_alice.delete(f"{USERS}/{sam.pk}?confirm=true").status_code == 204
    assert owners(*work) == [None, "sam", "sam"]


def test_nobody_is_a_successor_too(as_alice: ApiClient, sam: User, work: list[Lead]) -> None:
    assert stop(as_alice, sam, None).status_code == 200
    assert owners(work[0]) == [None]


def test_whoever_has_no_open_leads_leaves_at_once(as_alice: ApiClient, sam: User) -> None:
    assert as_alice.delete(f"{USERS}/{sam.pk}").status_code == 204


def test_where_nobody_can_be_asked_they_become_unassigned(sam: User, work: list[Lead]) -> None:
    with pytest.raises(NeedsConfirmation):
        User.objects.get(pk=sam.pk).archive()
    sam.is_active = False
    sam.save()
    assert owners(*work) == [None, "sam", "sam"]


def test_the_history_tells_of_it(as_alice: ApiClient, sam: User, work: list[Lead]) -> None:
    as_alice.delete(f"{USERS}/{sam.pk}?confirm=true")
    [newest] = as_alice.get(f"/api/v1/leads/{work[0].pk}/history?page_size=1").json()["results"]
    assert (newest["user"]["name"], newest["new_values"]) == ("alice", {"assigned_to": None})


def test_what_is_taken_up_again_is_nobody_s(sam: User, work: list[Lead]) -> None:
    sam.archive(confirmed=True)
    won, archived = (Lead.objects.get(pk=lead.pk) for lead in work[1:])
    won.status = "contacted"
    won.save()
    archived.restore()
    assert owners(won, archived) == [None, None]


def test_many_are_assigned_or_none(sam: User, sue: User) -> None:
    leads = [make_lead(assigned_to=sam) for _ in range(3)]
    assert assign_many(leads, sue) == 3
    assert owners(*leads) == ["sue"] * 3
    sam.archive()
    with pytest.raises(ValidationError):
        assign_many(leads, sam)
    leads[2].refresh_from_db()
    leads[2].archive()
    with pytest.raises(Exception, match="archived"):
        assign_many(leads, None)
    assert owners(*leads) == ["sue"] * 3


def test_archiving_a_customer_with_open_leads_is_asked_about(as_sam: ApiClient, sue: User) -> None:
    customer = make_customer()
    lead = make_lead(customer=customer, assigned_to=sue)
    path = f"/api/v1/customers/{customer.pk}"
    refusal = as_sam.delete(path)
    # Neither how many nor whose: they are none of sam's business.
    assert refusal.json()["reasons"] == ["There are open leads about this customer."]
    lead.archive()
    assert as_sam.delete(path).status_code == 204


def test_the_back_office_asks_who_takes_over(
    back_office: Any, alice: User, sam: User, sue: User, work: list[Lead]
) -> None:
    browser, path = back_office(alice), f"/admin/accounts/user/{sam.pk}/change/"
    form = filled(browser.get(path), is_active=False)
    asked = browser.post(path, form)
    assert "1 open lead." in errors(asked)["successor"]
    assert owners(work[0]) == ["sam"]
    assert browser.post(path, form | {"successor": str(sue.pk)}).status_code == 302
    assert owners(work[0]) == ["sue"]


def test_or_nobody_does(back_office: Any, alice: User, sam: User, work: list[Lead]) -> None:
    browser, path = back_office(alice), f"/admin/accounts/user/{sam.pk}/change/"
    form = filled(browser.get(path), is_active=False, successor="nobody")
    assert browser.post(path, form).status_code == 302
    assert owners(work[0]) == [None]


def test_archiving_in_the_back_office_asks_too(
    back_office: Any, alice: User, sam: User, sue: User, work: list[Lead]
) -> None:
    browser, path = back_office(alice), f"/admin/accounts/user/{sam.pk}/archive/"
    assert "1 open lead." in text(browser.get(path))
    for successor in ("", str(sam.pk), "0", "x"):
        page = browser.post(path, {"successor": successor})
        assert errors(page), successor
    assert owners(work[0]) == ["sam"]
    assert browser.post(path, {"successor": str(sue.pk)}).status_code == 302
    assert owners(work[0]) == ["sue"]
    sam.refresh_from_db()
    assert sam.archived_at is not None
