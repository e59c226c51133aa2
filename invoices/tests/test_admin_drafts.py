"""Writing drafts in the back office: the lines, the totals, two people at one draft."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import errors, text, told
from customers.tests.make import make_customer
from invoices.models import Invoice
from invoices.tests.make import line, make_company, make_draft, make_invoice
from invoices.tests.pages import ADD, HOUR, page_of, rows, shown_rows, stored, written

pytestmark = pytest.mark.any_database

Login = Callable[[User], Client]
TOTALS = "/admin/invoices/invoice/totals/"


@pytest.fixture
def browser(back_office: Login, maria: User) -> Client:
    make_company(currency="EUR", tax_rates="21, 10")
    return back_office(maria)


@pytest.mark.every_database
def test_a_draft_is_written_with_its_lines(browser: Client, maria: User) -> None:
    customer = make_customer(name="Ana")
    page = browser.get(f"{ADD}?customer={customer.pk}")
    assert page.context["lines"].forms[0]["tax_rate"].value() == "21"
    sent = written(page, [HOUR, {**HOUR, "quantity": "0.5", "tax_rate": "10"}, {"quantity": "1"}])
    assert browser.post(ADD, sent).status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.customer, invoice.currency, invoice.created_by) == (customer, "EUR", maria)
    assert [amount for _name, amount in stored(invoice)] == ["100.000", "25.000"]
    assert f"{invoice.total:f}" == "148.500"


def test_lines_are_changed_taken_away_and_emptied(browser: Client) -> None:
    draft = make_draft(line(description="a"), line(description="b"), line(description="c"))
    path = page_of(draft)
    a, b, c = ({**HOUR, "description": name} for name in "abc")
    sent = written(browser.get(path), [{**a, "unit_price": "70"}, {**b, "DELETE": "on"}, c])
    assert browser.post(path, sent).status_code == 302
    assert stored(draft) == [("a", "140.000"), ("c", "100.000")]
    sent = written(browser.get(path), [{"description": "", "unit_price": ""}, c])
    browser.post(path, sent)
    assert stored(draft) == [("c", "100.000")]


def test_saving_nothing_new_says_so(browser: Client) -> None:
    draft = make_draft()
    path = page_of(draft)
    values = [{name: str(value) for name, value in line().items()}]
    page = browser.post(path, written(browser.get(path), values), follow=True)
    assert told(page) == ["You changed nothing, so nothing was saved."]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"quantity": "0"}, "quantity", "Nothing is not sold"),
        ({"unit_price": "-1"}, "unit_price", "greater than or equal to 0"),
        ({"tax_rate": "101"}, "tax_rate", "less than or equal to 100"),
        ({"unit_price": "abc"}, "unit_price", "Enter a number."),
        ({"description": ""}, "description", "required"),
        ({"description": "x" * 501}, "description", "at most 500"),
        ({"quantity": "1e400"}, "quantity", "digits"),
    ],
)
def test_an_error_stands_in_its_row(
    browser: Client, wrong: dict[str, str], field: str, words: str
) -> None:
    customer = make_customer()
    page = browser.get(f"{ADD}?customer={customer.pk}")
    page = browser.post(ADD, written(page, [HOUR, {"description": ""}, {**HOUR, **wrong}]))
    assert page.status_code == 200
    assert words in " ".join(page.context["lines"].forms[2].errors[field])
    assert words in text(page)
    assert "Please correct the errors below." in text(page)
    assert shown_rows(page)[0]["description"] == "Hour"
    assert not Invoice.objects.exists()


def test_a_currency_that_is_none_is_refused_beside_it(browser: Client) -> None:
    page = browser.get(f"{ADD}?customer={make_customer().pk}")
    page = browser.post(ADD, written(page, [HOUR], currency="XXQ"))
    assert list(errors(page)) == ["currency"]


def test_of_two_people_the_second_sees_what_the_first_wrote(
    browser: Client, back_office: Login, alice: User
) -> None:
    draft = make_draft(line(description="ours"))
    path = page_of(draft)
    sent = written(browser.get(path), [{**HOUR, "description": "mine"}], description="Mine")
    with acting(actor=alice, source="api"):
        Invoice.objects.get(pk=draft.pk).write([line(description="theirs")])
    page = browser.post(path, sent)
    [clash] = page.context["adminform"].form.clashes
    assert (clash.label, clash.by) == ("Lines", "alice")
    assert "theirs" in clash.theirs
    assert "mine" in clash.yours
    assert [row["description"] for row in shown_rows(page)] == ["theirs"]
    assert stored(draft) == [("theirs", "100.000")]


def test_lines_that_nobody_else_changed_stay_as_typed(browser: Client, alice: User) -> None:
    draft = make_draft(line(description="ours"))
    path = page_of(draft)
    sent = written(browser.get(path), [{**HOUR, "description": "mine"}])
    with acting(actor=alice, source="api"):
        other = Invoice.objects.get(pk=draft.pk)
        other.description = "Theirs"
        other.write()
    page = browser.post(path, sent)
    assert [clash.label for clash in page.context["adminform"].form.clashes] == ["Description"]
    assert [row["description"] for row in shown_rows(page)] == ["mine"]
    again = written(page, [{**HOUR, "description": "mine"}])
    assert browser.post(path, again).status_code == 302
    assert stored(draft) == [("mine", "100.000")]


def test_what_is_issued_is_read_only(browser: Client) -> None:
    invoice = make_invoice()
    page = browser.get(page_of(invoice))
    assert page.context["lines"] is None
    assert "FAC001" in text(page)
    assert "121.00 EUR" in text(page).replace("\xa0", " ")
    sent = {**rows(HOUR), "version": invoice.version, "customer": invoice.customer_id}
    assert browser.post(page_of(invoice), sent).status_code == 403
    assert stored(invoice) == [("Consulting, one hour", "100.000")]


def test_a_salesperson_changes_own_drafts_only(back_office: Login, sam: User, sue: User) -> None:
    with acting(actor=sam, source="api"):
        own = make_draft()
    with acting(actor=sue, source="api"):
        hers = make_draft()
    browser = back_office(sam)
    assert browser.get(page_of(own)).context["lines"] is not None
    page = browser.get(page_of(hers))
    assert page.status_code == 200
    assert page.context["lines"] is None
    assert 'name="_save"' not in page.content.decode()
    assert browser.post(page_of(hers), rows(HOUR)).status_code == 403
    assert browser.post(page_of(hers, "discard")).status_code == 302
    assert Invoice.objects.filter(pk=hers.pk).exists()
    assert browser.post(page_of(own, "discard")).status_code == 302
    assert not Invoice.objects.filter(pk=own.pk).exists()


def test_totals_while_typing_are_those_that_are_stored(browser: Client) -> None:
    typed = [HOUR, {**HOUR, "quantity": "0.333", "tax_rate": "10"}, {**HOUR, "unit_price": ""}]
    answer = browser.post(TOTALS, {**rows(*typed), "currency": "eur"}).json()
    assert answer["lines"] == ["100.00", "16.65", ""]
    draft = make_draft(line(), line(quantity="0.333", tax_rate="10"))
    shown = browser.get(page_of(draft)).context["sums"]
    assert answer["sums"] == shown
    assert [row["amount"] for row in shown][-1] == "139.32\xa0EUR"


@pytest.mark.parametrize("currency", ["", "nope", "\x00", "😀" * 100])
def test_totals_of_an_unknown_currency_are_the_companys(browser: Client, currency: str) -> None:
    answer = browser.post(TOTALS, {**rows(HOUR), "currency": currency}).json()
    assert answer["sums"][-1]["amount"] == "121.00\xa0EUR"


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "1e999", "-", "9" * 40, "\x00", "²"])
def test_totals_survive_what_is_no_number(browser: Client, wrong: str) -> None:
    typed: list[dict[str, Any]] = [HOUR, *({**HOUR, name: wrong} for name in list(HOUR)[1:])]
    answer = browser.post(TOTALS, rows(*typed)).json()
    assert answer["lines"] == ["100.00", "", "", ""]


@pytest.mark.every_database
def test_five_hundred_lines_fit(browser: Client) -> None:
    page = browser.get(f"{ADD}?customer={make_customer().pk}")
    assert browser.post(ADD, written(page, [{**HOUR, "DELETE": ""}] * 500)).status_code == 302
    assert Invoice.objects.get().lines.count() == 500
    page = browser.post(ADD, written(browser.get(ADD), [HOUR] * 502))
    assert page.status_code == 200
