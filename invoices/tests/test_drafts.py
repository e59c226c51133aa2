"""Drafts: written, changed and deleted by their authors."""

from typing import Any

import pytest

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices.models import Invoice, InvoiceLine
from invoices.tests.make import make_company, make_draft, make_invoice

pytestmark = pytest.mark.django_db

INVOICES = "/api/v1/invoices"
LINE = {"description": "Hours", "quantity": "1.5", "unit_price": "33.3333", "tax_rate": "21"}
ANY: Any = {"HTTP_IF_MATCH": "*"}


def at(invoice: Invoice, verb: str = "") -> str:
    return f"{INVOICES}/{invoice.pk}{verb}"


def fields(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def test_a_draft_has_totals_and_no_number(as_sam: ApiClient, sam: User) -> None:
    customer = make_customer(name="Ana", surname="Paz", tax_id="V-1", city="Lima")
    body = {"customer": customer.pk, "currency": "eur", "lines": [LINE, LINE]}
    response = as_sam.post(INVOICES, body)
    assert response.status_code == 201, response.content
    told = response.json()
    assert (told["number"], told["status"], told["created_by"]["id"]) == (None, "draft", sam.pk)
    assert (told["subtotal"], told["tax"], told["total"]) == ("100.00", "21.00", "121.00")
    assert [line["amount"] for line in told["lines"]] == ["50.00", "50.00"]
    assert told["lines"][0]["quantity"] == "1.5"
    assert told["taxes"] == [{"rate": "21", "base": "100.00", "tax": "21.00"}]
    assert told["customer"] == {"id": customer.pk, "name": "Ana Paz"}
    assert (told["billing_name"], told["billing_city"]) == ("Ana Paz", "Lima")
    assert response.headers["Location"] == at(Invoice.objects.get())
    assert response.json() == as_sam.get(at(Invoice.objects.get())).json()


def test_without_a_currency_it_has_the_company_s(as_sam: ApiClient) -> None:
    make_company(currency="KWD")
    told = as_sam.post(INVOICES, {"customer": make_customer().pk, "lines": [LINE]}).json()
    assert (told["currency"], told["total"]) == ("KWD", "60.500")


def test_the_lines_sent_replace_those_there_are(as_sam: ApiClient, sam: User) -> None:
    draft = make_draft(created_by=sam)
    [kept] = draft.lines.all()
    tag = as_sam.get(at(draft)).headers["ETag"]
    new = {"description": "Days", "unit_price": "10", "tax_rate": "0"}
    response = as_sam.patch(at(draft), {"lines": [new, LINE]}, HTTP_IF_MATCH=tag)
    told = response.json()
    assert [line["description"] for line in told["lines"]] == ["Days", "Hours"]
    assert told["lines"][0]["id"] == kept.pk
    assert told["lines"][0]["quantity"] == "1"  # not that of the line it replaces
    assert told["total"] == "70.50"
    assert response.headers["ETag"] != tag
    response = as_sam.patch(at(draft), {"lines": []}, **ANY)
    assert (response.json()["lines"], response.json()["total"]) == ([], "0.00")
    assert InvoiceLine.history.filter(history_type="-").count() == 2


def test_a_change_of_a_line_alone_is_a_change_of_the_document(as_sam: ApiClient, sam: User) -> None:
    draft = make_draft(created_by=sam)
    line = {**LINE, "quantity": "2", "unit_price": "50", "description": "Other words"}
    as_sam.patch(at(draft), {"lines": [line]}, **ANY)
    draft.refresh_from_db()
    assert draft.version == 2
    as_sam.patch(at(draft), {"lines": [line]}, **ANY)
    draft.refresh_from_db()
    assert draft.version == 2


def test_another_currency_rounds_the_lines_anew(as_sam: ApiClient, sam: User) -> None:
    draft = make_draft({**LINE, "quantity": 1}, created_by=sam)
    told = as_sam.patch(at(draft), {"currency": "JPY"}, **ANY).json()
    assert (told["subtotal"], told["tax"], told["total"]) == ("33", "7", "40")
    assert told["lines"][0]["amount"] == "33"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"quantity": "0"}, {"lines.0.quantity": "zero"}),
        ({"quantity": "1.23456"}, {"lines.0.quantity": "max_decimal_places"}),
        ({"unit_price": "-1"}, {"lines.0.unit_price": "min_value"}),
        ({"unit_price": "NaN"}, {"lines.0.unit_price": "invalid"}),
        ({"unit_price": "1e999"}, {"lines.0.unit_price": "max_digits"}),
        ({"tax_rate": "100.001"}, {"lines.0.tax_rate": "max_value"}),
        ({"description": " "}, {"lines.0.description": "blank"}),
        ({"amount": "1"}, {"lines.0.amount": "read_only"}),
        ({"colour": "red"}, {"lines.0.colour": "unknown"}),
        (
            {"quantity": "99999999999", "unit_price": "99999999999"},
            {"lines.0.amount": "max_digits"},
        ),
    ],
)
def test_a_wrong_line_is_named(
    as_sam: ApiClient, values: dict[str, str], wrong: dict[str, str]
) -> None:
    response = as_sam.post(INVOICES, {"customer": make_customer().pk, "lines": [LINE | values]})
    assert response.status_code == 422, response.content
    assert fields(response) == wrong
    assert not Invoice.objects.exists()


def test_the_total_has_a_limit(as_sam: ApiClient) -> None:
    line = LINE | {"quantity": "1", "unit_price": "99999999999"}
    body = {"customer": make_customer().pk, "lines": [line] * 10}
    assert fields(as_sam.post(INVOICES, body)) == {"total": "max_whole_digits"}
    body = {"customer": make_customer().pk, "lines": [LINE] * 501}
    assert fields(as_sam.post(INVOICES, body)) == {"lines": "too_many"}


def test_a_discount_is_a_negative_quantity_and_the_total_is_never_negative(
    as_sam: ApiClient,
) -> None:
    customer = make_customer().pk
    discount = LINE | {"quantity": "-1", "unit_price": "10"}
    told = as_sam.post(INVOICES, {"customer": customer, "lines": [LINE, discount]}).json()
    assert told["subtotal"] == "40.00"
    response = as_sam.post(INVOICES, {"customer": customer, "lines": [discount]})
    assert (response.status_code, fields(response)) == (422, {"lines": "negative"})


def test_an_archived_customer_gets_no_invoice(as_maria: ApiClient) -> None:
    customer = make_customer()
    customer.archive()
    assert fields(as_maria.post(INVOICES, {"customer": customer.pk})) == {"customer": "archived"}
    draft = make_draft(customer=(late := make_customer()))
    late.archive()
    make_company()
    assert as_maria.post(at(draft, "/issue"), {}, **ANY).json()["code"] == "customer_archived"


def test_sales_see_every_draft_and_change_their_own(
    as_sam: ApiClient, sam: User, sue: User
) -> None:
    theirs, own = make_draft(created_by=sue), make_draft(created_by=sam)
    assert as_sam.get(at(theirs)).status_code == 200
    assert as_sam.patch(at(theirs), {"description": "x"}, **ANY).status_code == 403
    assert as_sam.patch(at(theirs), {"lines": []}, **ANY).status_code == 403
    assert as_sam.delete(at(theirs), **ANY).status_code == 403
    assert as_sam.patch(at(own), {"description": "x"}, **ANY).status_code == 200
    assert as_sam.delete(at(own), **ANY).status_code == 204
    assert list(Invoice.objects.all()) == [theirs]


def test_a_deleted_draft_leaves_its_history(as_maria: ApiClient) -> None:
    draft = make_draft()
    assert as_maria.delete(at(draft), **ANY).status_code == 204
    assert Invoice.history.filter(id=draft.pk).latest("history_id").actor_name == "maria"
    assert InvoiceLine.history.filter(history_type="-").count() == 1


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_change_says_which_version_it_is_about(as_maria: ApiClient, method: str) -> None:
    draft = make_draft()
    change = getattr(as_maria, method)
    assert (change(at(draft), {}).status_code, change(at(draft), {}).json()["code"]) == (
        428,
        "precondition_required",
    )
    assert change(at(draft), {}, HTTP_IF_MATCH='"1-0"').status_code == 412
    weak = f"W/{as_maria.get(at(draft)).headers['ETag']}"
    assert change(at(draft), {}, HTTP_IF_MATCH=weak).status_code == 412
    assert Invoice.objects.filter(pk=draft.pk).exists()


def test_lists_are_searched_filtered_and_sorted_by_number(as_sam: ApiClient) -> None:
    numbers = [make_invoice(description=f"Case x{n}").number for n in range(3)]
    draft = make_draft(customer=make_customer(name="Zoë"), currency="USD")

    def listed(query: str) -> list[Any]:
        return [row["number"] for row in as_sam.get(f"{INVOICES}?{query}").json()["results"]]

    assert listed("ordering=number") == [None, *numbers]
    assert listed("ordering=-number&page_size=2") == numbers[:0:-1]
    assert listed("ordering=issue_date") == numbers  # a draft has no date
    assert listed("search=fac002") == listed("number=FAC002") == ["FAC002"]
    assert listed("search=zoe") == listed("status=draft") == listed("currency=usd") == [None]
    assert listed("search=case x1") == ["FAC002"]
    assert listed(f"customer={draft.customer_id}") == [None]
    assert listed("issue_date_after=2999-01-01") == listed("due_date_before=2000-01-01") == []
    assert as_sam.get(f"{INVOICES}?issue_date_after=tomorrow").status_code == 400
    assert as_sam.get(f"{INVOICES}?count=true&status=pending").json()["count"] == 3
