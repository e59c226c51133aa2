"""The history of an invoice tells of its lines and payments, too."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.base.api.pagination import Cursor
from crm.base.context import acting
from crm.tests.clients import ApiClient
from crm.tests.pages import text
from invoices.models import Invoice
from invoices.tests.make import line, make_draft, make_invoice
from invoices.tests.pages import page_of

pytestmark = pytest.mark.django_db


def path_of(invoice: Invoice) -> str:
    return f"/api/v1/invoices/{invoice.pk}/history"


def told(client: ApiClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    entries: list[dict[str, Any]] = answer.json()["results"]
    return entries


@pytest.fixture
def invoice(maria: User, sam: User) -> Invoice:
    """Drafted by sam with two lines, of which maria removed one; issued and paid."""
    make_invoice()  # another, of which nothing is told
    with acting(actor=sam, source="api"):
        draft = make_draft(line(description="Hour"), line(description="Travel"))
    with acting(actor=maria, source="admin"):
        draft.write([line(description="Two hours", quantity=4)])
        draft.issue()
        draft.record_payment(Decimal(5), reference="R-1")
    return draft


def test_it_tells_who_changed_a_line_and_who_noted_a_payment(
    as_sam: ApiClient, invoice: Invoice
) -> None:
    found = [
        (entry["table"], entry["action"], entry["label"], entry["user"]["name"])
        for entry in told(as_sam, path_of(invoice))
    ]
    assert found == [
        ("invoice", "update", invoice.number, "maria"),  # what is paid of it
        ("payment", "create", "5.00 EUR", "maria"),
        ("invoice", "update", invoice.number, "maria"),
        ("invoiceline", "update", "Two hours", "maria"),
        ("invoiceline", "delete", "Travel", "maria"),
        ("invoice", "update", f"Draft {invoice.pk}", "maria"),
        ("invoiceline", "create", "Travel", "sam"),
        ("invoiceline", "create", "Hour", "sam"),
        ("invoice", "create", f"Draft {invoice.pk}", "sam"),
    ]


def test_it_tells_from_what_to_what(as_sam: ApiClient, invoice: Invoice) -> None:
    [change] = [
        entry
        for entry in told(as_sam, path_of(invoice))
        if (entry["table"], entry["action"]) == ("invoiceline", "update")
    ]
    old = {"description": "Hour", "quantity": "2.0000", "amount": "100.00"}
    assert change["old_values"] == old
    assert change["new_values"]["description"] == "Two hours"


def walked(client: ApiClient, link: str, way: str) -> list[dict[str, Any]]:
    """Return the pages from ``link`` on."""
    pages = []
    while link:
        pages.append(client.get(link).json())
        link = pages[-1][way]
    return pages


@pytest.mark.parametrize("size", [1, 2, 4])
def test_its_pages_join_both_ways(as_sam: ApiClient, invoice: Invoice, size: int) -> None:
    whole = told(as_sam, path_of(invoice))
    onwards = walked(as_sam, f"{path_of(invoice)}?page_size={size}&count=true", "next")
    assert [entry for page in onwards for entry in page["results"]] == whole
    assert {page["count"] for page in onwards} == {len(whole)}
    back = [page["results"] for page in walked(as_sam, onwards[-1]["previous"], "previous")]
    assert back[::-1] == [page["results"] for page in onwards[:-1]]


@pytest.mark.parametrize("table", ["customer", 7])
def test_a_cursor_of_something_else_is_refused(
    as_sam: ApiClient, invoice: Invoice, table: Any
) -> None:
    cursor = Cursor((invoice.created_at, table, 1)).encode()
    assert as_sam.get(f"{path_of(invoice)}?cursor={cursor}").status_code == 400


def test_only_the_invoices_own_versions_are_gone_back_to(
    as_maria: ApiClient, invoice: Invoice
) -> None:
    entries = told(as_maria, path_of(invoice))
    own = {entry["history_id"] for entry in entries if entry["table"] == "invoice"}
    for entry in entries:
        number = entry["history_id"]
        answer = as_maria.get(f"{path_of(invoice)}/{number}")
        assert answer.status_code == (200 if number in own else 404)


def test_a_long_history_asks_as_much_as_a_short_one(as_sam: ApiClient, invoice: Invoice) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            told(as_sam, path_of(invoice))
        return len(statements)

    short = asked()
    for _ in range(5):
        invoice.record_payment(Decimal(1))
    assert asked() == short
    # Who asks, the invoice, which entries; then those of each table.
    assert short == 6


def test_whoever_may_not_see_it_is_told_nothing(api: ApiClient, invoice: Invoice) -> None:
    assert api.get(path_of(invoice)).status_code == 401


def test_the_back_office_tells_the_same_in_words(
    back_office: Callable[[User], Client], sam: User, invoice: Invoice
) -> None:
    page = back_office(sam).get(page_of(invoice, "history"))
    shown = text(page)
    for part in (
        "Created Payment 5.00 EUR maria Management",
        "Reference R-1",
        "Changed Invoice line Two hours maria",
        "Quantity 2 → 4",
        "Deleted Invoice line Travel maria",
    ):
        assert part in shown
    entries = page.context["entries"]
    assert {entry["table"] for entry in entries if entry.get("address")} == {"invoice"}
    then = page.client.get(page_of(invoice, "history") + entries[0]["address"])
    assert (entries[0]["table"], then.status_code) == ("invoice", 200)
