"""The command that fills the database with demo data."""

import io
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from crm.seeding import seeders
from crm.seeding.plan import Plan, Progress
from crm.tests.planner import analyzed
from customers.models import Customer
from customers.tests.make import make_customer

UNTIL = date(2026, 6, 1)
CUSTOMERS, PAST = Customer._meta.db_table, Customer.history.model._meta.db_table

pytestmark = pytest.mark.django_db


def seed(customers: int = 20, **options: Any) -> None:
    call_command(
        "seed", customers=customers, **{"until": str(UNTIL), "leads": 0, "invoices": 0} | options
    )


def rows(**options: Any) -> list[tuple[Any, ...]]:
    """Return all that ``seed`` stores, but for ids and secrets, and take it back."""
    excluded = {"id", "history_id", "request_id", "proof"}
    with transaction.atomic():
        seed(**options)
        stored = [
            tuple(str(value) for name, value in row.items() if name not in excluded)
            for manager in (Customer.objects, Customer.history)
            for row in manager.order_by("pk").values()
        ]
        transaction.set_rollback(True)
    return stored


def test_it_stores_as_many_customers_as_asked_for() -> None:
    seed(30)
    assert Customer.objects.count() == 30


def test_the_history_says_that_a_command_did_it_when_it_is_said_to_have_happened() -> None:
    seed(30)
    for entry in Customer.history.all():
        assert (entry.source, entry.actor_name) == ("command", "system")
        assert entry.history_date == entry.updated_at
        assert entry.history_date < datetime(2026, 6, 1, tzinfo=UTC)
    assert len(set(Customer.history.values_list("request_id"))) == 1


def test_every_version_has_its_entry_in_the_order_of_events() -> None:
    seed(300)
    lengths = set()
    for customer in Customer.objects.all():
        entries = list(customer.history.order_by("history_id"))
        assert [entry.version for entry in entries] == list(range(1, customer.version + 1))
        assert [entry.history_type for entry in entries] == ["+", *"~" * (len(entries) - 1)]
        dates = [entry.history_date for entry in entries]
        assert dates == sorted(dates)
        assert (dates[0], dates[-1]) == (customer.created_at, customer.updated_at)
        lengths.add(len(entries))
    assert lengths >= {1, 2}


def test_the_same_options_give_the_same_rows() -> None:
    assert rows(customers=50, seed=7) == rows(customers=50, seed=7)


@pytest.mark.parametrize("other", [{"seed": 8}, {"locale": "en_US"}, {"until": "2026-05-31"}])
def test_other_options_give_other_rows(other: dict[str, Any]) -> None:
    assert not set(rows(seed=7)) & set(rows(**{"seed": 7} | other))


def test_without_a_day_everything_happened_before_today() -> None:
    call_command("seed", customers=200, leads=0, invoices=0)
    assert Customer.objects.latest("updated_at").updated_at < timezone.now()
    assert Customer.objects.latest("created_at").created_at > timezone.now() - timedelta(days=60)


def test_the_work_is_spread_over_the_active_users(alice: User, sam: User, sue: User) -> None:
    sue.archive()
    seed(100)
    assert set(Customer.objects.values_list("created_by", flat=True)) == {alice.pk, sam.pk}
    assert set(Customer.objects.values_list("modified_by", flat=True)) == {alice.pk, sam.pk}


def test_it_can_be_found_in_the_back_office_search() -> None:
    seed(5)
    customer = Customer.objects.latest("id")
    assert customer in Customer.objects.search(f"{customer.name} {customer.surname}")


@pytest.mark.usefixtures("sam", "sue")
def test_it_asks_the_database_a_few_times_for_many_rows(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(100):
        seed(1000)


def test_postgresql_knows_at_once_how_much_there_is() -> None:
    seed(30)
    filled = {CUSTOMERS, PAST} if connection.vendor == "postgresql" else set()
    assert analyzed() & {CUSTOMERS, PAST} == filled


def test_it_refuses_where_customers_are_already() -> None:
    make_customer()
    with pytest.raises(CommandError, match=r"There are customers already.*--force") as refusal:
        seed()
    assert refusal.value.returncode == 1
    assert Customer.objects.count() == 1


def test_forced_it_adds_others_and_leaves_those_alone_who_were_there() -> None:
    seed(30, seed=7)
    before = list(Customer.objects.order_by("id").values())
    seed(30, seed=7, force=True)
    assert Customer.objects.count() == 60
    assert list(Customer.objects.order_by("id").values()[:30]) == before


def test_forced_it_leaves_out_an_email_and_a_phone_that_are_taken() -> None:
    with transaction.atomic():
        make_customer()
        seed(30, seed=7, force=True)
        wanted = Customer.objects.exclude(email=None).exclude(phone=None).latest("id")
        transaction.set_rollback(True)
    make_customer(email=wanted.email, phone=wanted.phone)
    seed(30, seed=7, force=True)
    added = Customer.objects.get(uuid=wanted.uuid)
    assert (added.email, added.phone) == (None, None)


@pytest.mark.parametrize("number", [0, -1, 5_000_001])
def test_it_refuses_a_number_of_customers(number: int) -> None:
    with pytest.raises(CommandError, match="--customers takes a number from 1 to 5000000"):
        seed(number)


@pytest.mark.parametrize("name", ["xx_XX", "Spanish", "", "../es_ES"])
def test_it_refuses_an_unknown_locale(name: str) -> None:
    with pytest.raises(CommandError, match="no names for the locale"):
        seed(locale=name)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "31.01.2026"])
def test_it_refuses_what_is_no_day(day: str) -> None:
    with pytest.raises(CommandError, match="--until takes a date such as"):
        seed(until=day)


def test_it_refuses_a_day_to_come() -> None:
    with pytest.raises(CommandError, match="--until takes no day to come"):
        seed(until=str(timezone.localdate() + timedelta(days=1)))


def test_a_failure_on_the_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(plan: Plan, progress: Progress) -> None:
        assert Customer.objects.count() == 20
        raise KeyboardInterrupt

    failing = seeders.Seeder(User, lambda plan: 1, fail)
    monkeypatch.setattr(seeders, "SEEDERS", (*seeders.SEEDERS, failing))
    with pytest.raises(KeyboardInterrupt):
        seed(20)
    assert Customer.objects.count() == 0


def test_progress_is_shown_on_a_terminal_and_nowhere_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows()
    assert capsys.readouterr().err == ""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    rows()
    assert "customers: 100%" in terminal.getvalue()


@pytest.mark.parametrize("locale", ["es_ES", "ru_RU", "en_US", "ja_JP", "ar_AA", "de_DE"])
def test_it_speaks_many_languages(locale: str) -> None:
    seed(40, locale=locale)
    assert Counter(Customer.objects.values_list("version", flat=True))[1] > 20
