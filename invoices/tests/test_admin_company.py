"""Company details, logo and number patterns in the back office."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from crm.tests.pages import errors, filled, text
from customers.tests.pictures import file
from invoices.models import CompanyProfile, NumberSeries
from invoices.tests.make import make_company, make_invoice

COMPANY = "/admin/invoices/companyprofile/"
SERIES = "/admin/invoices/numberseries/"


@pytest.fixture
def browser(back_office: Callable[[User], Client], alice: User) -> Client:
    return back_office(alice)


def test_the_one_page_is_led_to(browser: Client) -> None:
    assert browser.get(COMPANY)["Location"] == f"{COMPANY}add/"
    page = browser.get(f"{COMPANY}add/")
    assert "Save and add another" not in text(page)
    sent = filled(page, name="Acme", currency="EUR", tax_rates="21 %, 10")
    assert browser.post(f"{COMPANY}add/", sent).status_code == 302
    company = CompanyProfile.objects.get()
    assert (company.name, company.tax_rates) == ("Acme", "21, 10")
    assert browser.get(COMPANY)["Location"] == f"{COMPANY}{company.pk}/change/"
    assert browser.get(f"{COMPANY}add/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [("tax_rates", "21 and 10"), ("currency", "EURO"), ("time_zone", "Mars"), ("name", "")],
)
def test_a_wrong_value_is_refused_beside_its_field(browser: Client, field: str, value: str) -> None:
    path = f"{COMPANY}{make_company().pk}/change/"
    assert list(errors(browser.post(path, filled(browser.get(path), **{field: value})))) == [field]


def test_the_logo_is_uploaded_shown_and_removed(browser: Client) -> None:
    company = make_company()
    path = f"{COMPANY}{company.pk}/change/"
    browser.post(path, filled(browser.get(path), picture=file()))
    assert f"{COMPANY}{company.pk}/logo/" in browser.get(path).content.decode()
    logo = browser.get(f"{COMPANY}{company.pk}/logo/")
    assert logo["Content-Type"] == "image/webp"
    b"".join(logo)
    browser.post(path, filled(browser.get(path), remove_logo="on"))
    assert browser.get(f"{COMPANY}{company.pk}/logo/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pattern": "{series}"}, "needs {number}"),
        ({"pattern": "{number"}, "Use only"),
        ({"pattern": "{number}{secret}"}, "Use only"),
        ({"pattern": "{number:>9}"}, "Use only"),
        ({"yearly_reset": "on"}, "need {year} or {yy}"),
        ({"padding": "0"}, "greater than or equal to 1"),
        ({"code": "NC"}, "other kind of document"),
    ],
)
def test_a_bad_pattern_is_refused_with_what_to_do(
    browser: Client, changes: dict[str, str], words: str
) -> None:
    path = f"{SERIES}add/?kind=invoice"
    page = browser.post(path, filled(browser.get(path), **changes))
    assert words in " ".join(errors(page).values())
    assert not NumberSeries.objects.exists()


def test_the_next_number_is_shown(browser: Client) -> None:
    make_invoice()
    assert "next number: FAC002" in text(browser.get(SERIES))
    path = f"{SERIES}add/?kind=invoice"
    browser.post(path, filled(browser.get(path), pattern="{series}-{year}-{number}", padding=5))
    today = make_company().today()
    assert f"FAC-{today.year}-00002" in text(browser.get(SERIES))


@pytest.mark.parametrize("path", [COMPANY, SERIES])
def test_others_than_administrators_see_nothing_of_it(
    back_office: Callable[[User], Client], maria: User, sam: User, path: str
) -> None:
    for user in (maria, sam):
        browser = back_office(user)
        assert browser.get(path).status_code == 403
        assert path not in browser.get("/admin/").content.decode()
