"""Bulk writes: what lands in the history is what lands in the table."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from crm.base.context import acting
from crm.base.storing.bulk_inserts import BATCH
from customers.models import Customer
from customers.tests.make import make_customer

LONG_AGO = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def story(*phones: str, name: str = "Ana") -> list[Customer]:
    """Return a customer's versions, a day apart, who had one of ``phones`` after the other."""
    return [
        Customer(
            name=name,
            phone=phone,
            uuid="00000000-0000-4000-8000-000000000000",
            created_at=LONG_AGO,
            registered_at=LONG_AGO,
            updated_at=LONG_AGO + timedelta(days=day),
        )
        for day, phone in enumerate(phones)
    ]


def test_a_replayed_story_leaves_one_row_and_an_entry_for_each_version() -> None:
    stories = [story("0412 1111111", "0412 2222222", "0412 3333333")]
    [ana] = Customer.objects.audited_replay(stories)
    ana = Customer.objects.get(pk=ana.pk)
    assert (ana.phone, ana.version, ana.created_at) == ("+584123333333", 3, LONG_AGO)
    assert ana.search_text == " ana 584123333333"
    entries = ana.history.order_by("history_id")
    assert [(e.history_type, e.version, e.phone, e.history_date) for e in entries] == [
        ("+", 1, "+584121111111", LONG_AGO),
        ("~", 2, "+584122222222", LONG_AGO + timedelta(days=1)),
        ("~", 3, "+584123333333", LONG_AGO + timedelta(days=2)),
    ]


def test_a_version_that_says_nothing_new_is_brought_into_form_too() -> None:
    [ana] = Customer.objects.audited_replay([story("0412 1111111", "0412 1111111", name=" Ana ")])
    ana = Customer.objects.get(pk=ana.pk)
    assert (ana.name, ana.phone, ana.version) == ("Ana", "+584121111111", 2)
    assert ana.search_text == " ana 584121111111"
    entries = ana.history.order_by("history_id")
    assert [(e.name, e.phone, e.changed) for e in entries] == [("Ana", "+584121111111", [])] * 2


def test_a_replayed_record_can_be_changed_like_any_other() -> None:
    Customer.objects.audited_replay([story("0412 1111111", "0412 2222222")])
    ana = Customer.objects.get()
    ana.city = "Coro"
    ana.save()
    assert ana.version == 3
    assert ana.history.count() == 3


def test_one_bad_version_and_nothing_is_stored() -> None:
    with pytest.raises(ValidationError):
        Customer.objects.audited_replay([story("0412 1111111", "call me")])
    assert not Customer.objects.exists()
    assert not Customer.history.exists()


def test_a_constraint_that_refuses_leaves_nothing_of_the_others() -> None:
    taken = make_customer(phone="0412 1111111")
    with pytest.raises(IntegrityError):
        Customer.objects.audited_bulk_create(
            [Customer(name="Bo"), Customer(name="Cy", phone="+584121111111")]
        )
    assert list(Customer.objects.all()) == [taken]
    assert Customer.history.count() == 1


def test_many_at_once_have_one_entry_each_that_says_who_did_it(sam: User) -> None:
    with acting(actor=sam, source="import", reason="The old list's", request_id="r1"):
        Customer.objects.audited_bulk_create([Customer(name=f"C{n}") for n in range(BATCH + 1)])
    entries = Customer.history.all()
    assert {entry.id for entry in entries} == {customer.pk for customer in Customer.objects.all()}
    [stamp] = {
        (e.actor_name, e.actor_role, e.history_user_id, e.source, e.request_id)
        for e in entries
        if e.history_change_reason == "The old list's" and e.history_type == "+"
    }
    assert stamp == ("sam", "sales", sam.pk, "import", "r1")


def test_an_update_of_many_leaves_an_entry_each() -> None:
    Customer.objects.audited_bulk_create([Customer(name=f"C{n}") for n in range(BATCH + 1)])
    chosen = Customer.objects.exclude(name="C0")
    assert chosen.audited_update(city="Coro") == BATCH
    entries = Customer.history.filter(history_type="~")
    assert {(entry.city, entry.version) for entry in entries} == {("Coro", 2)}
    assert {entry.id for entry in entries} == {customer.pk for customer in chosen}
    assert all(entry.history_date == entry.updated_at for entry in entries)


def test_nothing_is_written_for_nobody() -> None:
    assert Customer.objects.audited_bulk_create([]) == []
    assert Customer.objects.none().audited_update(city="Coro") == 0
    assert not Customer.history.exists()
