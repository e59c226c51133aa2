"""Issuing, paying, crediting and cancelling in the back office."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import filled, listed, text, told
from invoices.kinds import Kind, Status
from invoices.models import Invoice
from invoices.tests.make import line, make_company, make_draft, make_invoice
from invoices.tests.pages import LIST, page_of

pytestmark = pytest.mark.any_database

Login = Callable[[User], Client]
VERBS = ("issue", "payment", "credit", "cancel", "mail")


@pytest.fixture
def browser(back_office: Login, maria: User) -> Client:
    return back_office(maria)


def did(browser: Client, invoice: Invoice, verb: str, **values: Any) -> Any:
    """Fill in the page of a verb, send it, and return what comes."""
    path = page_of(invoice, verb)
    return browser.post(path, filled(browser.get(path), **values), follow=True)


def test_the_page_tells_what_freezes_and_issues(browser: Client) -> None:
    make_company(name="Acme")
    draft = make_draft(customer=None)
    shown = text(browser.get(page_of(draft, "issue"))).replace("\xa0", " ")
    assert "FAC001" in shown
    assert "121.00 EUR" in shown
    assert told(did(browser, draft, "issue")) == ["Issued as FAC001."]
    draft.refresh_from_db()
    assert (draft.status, draft.number) == (Status.PENDING, "FAC001")


def test_without_a_company_it_says_what_is_missing(browser: Client) -> None:
    page = did(browser, make_draft(), "issue")
    assert "Nobody has entered the company" in text(page)
    assert not Invoice.objects.issued().exists()


def test_a_date_in_the_future_is_an_error_of_its_field(browser: Client) -> None:
    make_company()
    page = did(browser, make_draft(), "issue", issue_date="2999-01-01")
    assert "issue_date" in page.context["form"].errors


def test_what_changed_since_it_was_read_is_not_issued(browser: Client) -> None:
    make_company()
    draft = make_draft()
    sent = filled(browser.get(page_of(draft, "issue")))
    Invoice.objects.get(pk=draft.pk).write([line(unit_price="999")])
    page = browser.post(page_of(draft, "issue"), sent)
    assert "Somebody changed this record meanwhile" in text(page)
    assert not Invoice.objects.issued().exists()


@pytest.mark.every_database
def test_many_are_issued_or_none(browser: Client) -> None:
    make_company()
    drafts = [make_draft(), make_draft()]
    empty = make_draft()
    empty.write([])
    post = {"action": "issue_selected", "_selected_action": [d.pk for d in [*drafts, empty]]}
    page = browser.post(LIST, post, follow=True)
    assert "at least one line" in told(page)[0]
    assert not Invoice.objects.issued().exists()
    post["_selected_action"] = [d.pk for d in drafts]
    assert told(browser.post(LIST, post, follow=True)) == ["2 invoices issued."]


@pytest.mark.every_database
def test_a_payment_is_noted_and_reversed(browser: Client, maria: User) -> None:
    invoice = make_invoice()
    assert browser.get(page_of(invoice, "payment")).context["form"]["amount"].value() == "121.00"
    page = did(browser, invoice, "payment", amount="21", reference="Cheque 7")
    assert told(page) == ["Payment of 21.00\xa0EUR noted."]
    payment = invoice.payments.get()
    assert (payment.amount, payment.created_by) == (Decimal(21), maria)
    page = did(browser, invoice, f"payments/{payment.pk}/reverse", reference="Bounced")
    assert "its amount is due again" in told(page)[0]
    invoice.refresh_from_db()
    assert (invoice.paid_amount, invoice.payments.count()) == (0, 2)
    assert "reversed" in text(page)
    page = did(browser, invoice, f"payments/{payment.pk}/reverse")
    assert "This payment is reversed already." in text(page)


def test_more_than_is_due_is_an_error_of_the_amount(browser: Client) -> None:
    page = did(browser, make_invoice(), "payment", amount="122")
    assert "Only 121.00 EUR are due." in " ".join(page.context["form"].errors["amount"])


@pytest.mark.every_database
def test_a_form_that_is_sent_twice_pays_once(browser: Client) -> None:
    invoice = make_invoice()
    path = page_of(invoice, "payment")
    sent = filled(browser.get(path), amount="10")
    assert browser.post(path, sent).status_code == 302
    assert "Somebody changed this record meanwhile" in text(browser.post(path, sent))
    assert invoice.payments.count() == 1


def test_a_payment_of_another_invoice_is_not_found(browser: Client) -> None:
    payment = make_invoice().record_payment(Decimal(1))
    other = make_invoice()
    for pk in (payment.pk, 10**17, 10**30):
        assert browser.get(page_of(other, f"payments/{pk}/reverse")).status_code == 404


def test_part_is_credited_by_quantity_or_amount(browser: Client) -> None:
    invoice = make_invoice(line(quantity="4"), line(description="Trip", quantity="1"))
    first, second = invoice.lines.all()
    given = {f"quantity-{first.pk}": "1", f"amount-{second.pk}": "10"}
    page = did(browser, invoice, "credit", description="Returned", **given)
    assert told(page) == ["Credited by NC001."]
    note = Invoice.objects.get(kind=Kind.CREDIT_NOTE)
    assert [f"{each.amount:f}" for each in note.lines.all()] == ["50.000", "10.000"]
    assert "FAC001" in text(page)


def test_every_field_of_a_credit_note_says_of_which_line_it_is(browser: Client) -> None:
    page = browser.get(page_of(make_invoice(line(description="Trip")), "credit")).content.decode()
    assert 'aria-label="Quantity: Trip"' in page
    assert 'aria-label="Amount: Trip"' in page


@pytest.mark.parametrize(
    ("quantity", "amount", "words"),
    [
        ("", "", "at least one line"),
        ("1", "1", "either a quantity or an amount"),
        ("3", "", "no more than is left"),
        ("", "101", "no more than is left"),
        ("-1", "", "no more than is left"),
        ("abc", "", "Enter a number."),
    ],
)
def test_a_wrong_part_is_refused_in_its_row(
    browser: Client, quantity: str, amount: str, words: str
) -> None:
    invoice = make_invoice()
    [only] = invoice.lines.all()
    given = {f"quantity-{only.pk}": quantity, f"amount-{only.pk}": amount}
    assert words in text(did(browser, invoice, "credit", **given))
    assert not Invoice.objects.filter(kind=Kind.CREDIT_NOTE).exists()


def test_cancelling_makes_a_credit_note_and_says_so(browser: Client) -> None:
    invoice = make_invoice()
    assert "credit note" in text(browser.get(page_of(invoice, "cancel")))
    page = did(browser, invoice, "cancel", description="Wrong address")
    assert told(page) == ["Cancelled by the credit note NC001."]
    assert "Corrected by NC001" in text(page)


def test_payments_in_the_way_of_cancelling_are_told(browser: Client) -> None:
    invoice = make_invoice()
    invoice.record_payment(Decimal(1))
    assert "Reverse payments first." in text(did(browser, invoice, "cancel"))


def test_buttons_are_those_that_suit(browser: Client, back_office: Login, sam: User) -> None:
    draft, invoice = make_draft(), make_invoice()
    cancelled = make_invoice()
    cancelled.cancel()
    offered = {
        draft: {"pdf", "issue", "discard"},
        invoice: {"pdf", "mail", "payment", "credit", "cancel"},
        cancelled: {"pdf", "mail"},
    }
    everything = {"pdf", "discard", *VERBS}
    for document, names in offered.items():
        body = browser.get(page_of(document)).content.decode()
        assert {name for name in everything if page_of(document, name) in body} == names
        body = back_office(sam).get(page_of(document)).content.decode()
        assert {name for name in everything if page_of(document, name) in body} == {"pdf"}


@pytest.mark.parametrize("verb", VERBS)
def test_sales_is_refused_without_a_button(back_office: Login, sam: User, verb: str) -> None:
    with acting(actor=sam, source="api"):
        invoice = make_draft() if verb == "issue" else make_invoice()
    before = Invoice.objects.get(pk=invoice.pk).version
    assert back_office(sam).post(page_of(invoice, verb), {"version": before}).status_code == 403
    assert Invoice.objects.get(pk=invoice.pk).version == before


@pytest.mark.every_database
def test_the_list_tells_what_is_overdue_and_sorts_by_it(browser: Client) -> None:
    company = make_company()
    today = company.today()
    late = [make_invoice(on=today.replace(year=today.year - 2 + n)) for n in range(2)]
    make_invoice()
    page = browser.get(f"{LIST}?overdue=yes")
    assert listed(page) == late
    shown = text(page).replace("\xa0", " ")
    assert "Still due 242.00 EUR · overdue 242.00 EUR" in shown
    assert f"{late[0].days_overdue(today)} days" in shown
    assert listed(browser.get(f"{LIST}?overdue=30")) == []
    assert listed(browser.get(f"{LIST}?customer={late[1].customer_id}")) == [late[1]]
