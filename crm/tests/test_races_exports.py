"""Whoever takes a list away keeps nobody waiting, on either database."""

from functools import partial

import pytest

from crm.base.storing import chunks
from crm.tests.clients import ApiClient
from crm.tests.races import answer_of, race
from customers.models import Customer
from customers.serializers import CustomerSerializer
from customers.tests.make import make_customer

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]


def test_others_write_while_a_file_is_read(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race closes our connection meanwhile, so that neither is a cursor left open on it."""
    monkeypatch.setattr(chunks, "CHUNK", 1)
    for name in ("Ana", "Bo"):
        make_customer(name=name)
    fetch = CustomerSerializer.answering({}).rows
    rows = chunks.in_chunks(Customer.objects.all(), ["id"], fetch)
    assert next(rows)["name"] == "Ana"
    post = partial(as_sam.post, "/api/v1/customers", {"name": "Eva"})
    [answer] = race(lambda: answer_of(post()))
    assert answer.status == 201
    assert [row["name"] for row in rows] == ["Bo", "Eva"]
