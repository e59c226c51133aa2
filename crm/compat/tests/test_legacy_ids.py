"""Ids that clients hold, beside our own."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm.compat.models import LegacyId

CLIENTS = ("mini-crm", "client")


@pytest.fixture
def ids(db: None) -> None:
    """Record 900 was 5 there, and 7 before two were merged; record 5 is known as 31."""
    for legacy_id, record in (("5", 900), ("7", 900), ("31", 5)):
        LegacyId.objects.create(
            service="mini-crm", kind="client", legacy_id=legacy_id, record_id=record
        )


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(
    ("shown", "record"),
    [("5", 900), (7, 900), ("31", 5), (12, 12), (900, None), ("x", None), ("9" * 30, None)],
)
def test_an_id_finds_its_record_and_no_other(shown: str | int, record: int | None) -> None:
    assert LegacyId.objects.record(*CLIENTS, shown) == record


@pytest.mark.usefixtures("ids")
def test_a_record_is_shown_by_the_first_id_it_had() -> None:
    shown = LegacyId.objects.shown(*CLIENTS, [900, 5, 12])
    assert shown == {900: "5", 5: "31"}


@pytest.mark.usefixtures("ids")
def test_a_service_knows_only_its_own() -> None:
    assert LegacyId.objects.record("mini-crm", "lead", 5) == 5
    assert LegacyId.objects.record("crm-microservice", "client", 5) == 5


@pytest.mark.usefixtures("ids")
def test_an_id_is_one_records() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LegacyId.objects.create(service="mini-crm", kind="client", legacy_id="5", record_id=1)


def test_each_question_is_one_statement(ids: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        LegacyId.objects.record(*CLIENTS, 5)
        LegacyId.objects.shown(*CLIENTS, range(100))
