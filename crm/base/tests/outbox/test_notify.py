"""A notice is written with what it tells about, and once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.notices import OutsideTransaction, notify, notify_each
from crm.base.outbox.tables import Notice
from crm.base.tests.outbox.sample import REMINDER, kind, remind

pytestmark = pytest.mark.usefixtures("reminders")


def change(user: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused(reader: Any) -> None:
    with pytest.raises(OutsideTransaction):
        notify(reader, REMINDER, {})
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(reader: Any) -> None:
    with transaction.atomic():
        notify(reader, REMINDER, {})
        transaction.set_rollback(True)
    assert not deliver_next(timezone.now())
    assert not mail.outbox


def test_a_key_makes_it_unique_for_each_person_and_kind(reader: Any, sue: Any) -> None:
    change(sue, email="sue@example.org")
    for _ in range(2):
        notify_each([reader, sue], REMINDER, {}, key="lead 7")
    assert Notice.objects.count() == 2
    with kind(name="other"):
        notify(reader, "other", {}, key="lead 7")
    assert Notice.objects.count() == 3


def test_without_a_key_each_is_another(reader: Any) -> None:
    remind(reader)
    remind(reader)
    assert Notice.objects.values("key").distinct().count() == 2


def test_everybody_is_told_with_one_statement(
    reader: Any, sue: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    change(sue, email="sue@example.org")
    with django_assert_num_queries(1):
        notify_each([reader, sue], REMINDER, {})


@pytest.mark.parametrize(
    "values",
    [{"email": None}, {"is_active": False}, {"notice_switches": {"reminder:email": False}}],
)
def test_who_cannot_or_will_not_be_told_is_left_out(reader: Any, values: dict[str, Any]) -> None:
    change(reader, **values)
    notify(reader, REMINDER, {})
    assert not Notice.objects.exists()


def test_what_is_off_by_default_is_told_to_those_who_switch_it_on(reader: Any, sue: Any) -> None:
    change(reader, notice_switches={"quiet:email": True})
    change(sue, email="sue@example.org")
    with kind(name="quiet", on_by_default=False):
        notify_each([reader, sue], "quiet", {})
    assert Notice.objects.get().recipient == reader


def test_a_kind_may_need_a_permission(reader: Any, alice: Any) -> None:
    change(alice, email="alice@example.org")
    with kind(name="people", permission="accounts.view_user"):
        notify_each([reader, alice], "people", {})
    assert Notice.objects.get().recipient == alice


@pytest.mark.parametrize("value", [timezone.now(), {"a": 1}, 1.5, ["x", {}]])
def test_only_plain_values_are_stored(reader: Any, value: Any) -> None:
    with pytest.raises(TypeError):
        notify(reader, REMINDER, {"it": value})


def test_an_unknown_kind_is_a_mistake_of_ours(reader: Any) -> None:
    with pytest.raises(LookupError):
        notify(reader, "remainder", {})


def test_it_may_be_for_later(reader: Any) -> None:
    now = timezone.now()
    notify(reader, REMINDER, {}, not_before=now + timedelta(hours=1))
    assert not deliver_next(now + timedelta(minutes=59))
    assert deliver_next(now + timedelta(hours=1))
    assert len(mail.outbox) == 1
