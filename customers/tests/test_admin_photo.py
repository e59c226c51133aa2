"""Photos of customers in the back office."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image

from accounts.models import User
from crm.base import images, photo_files
from crm.tests.pages import errors, filled
from customers import admin
from customers.models import Customer, CustomerQuerySet
from customers.tests.make import make_customer

pytestmark = pytest.mark.any_database


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


def upload(content: bytes = b"") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "PNG")
    return SimpleUploadedFile("ana.png", content or picture.getvalue(), "image/png")


def page_of(customer: Customer, name: str = "change") -> str:
    return f"/admin/customers/customer/{customer.pk}/{name}/"


def saved(browser: Client, customer: Customer, **typed: Any) -> Any:
    values = filled(browser.get(page_of(customer)), **typed)
    values = {name: value for name, value in values.items() if name != "picture" or value}
    return browser.post(page_of(customer), values)


def test_a_photo_is_uploaded_shown_and_removed(browser: Client) -> None:
    ana = make_customer()
    assert "remove_photo" not in browser.get(page_of(ana)).content.decode()
    assert saved(browser, ana, picture=upload()).status_code == 302
    ana.refresh_from_db()
    assert ana.photo
    assert photo_files.photo_path(ana.photo).exists()
    assert page_of(ana, "photo") in browser.get(page_of(ana)).content.decode()
    assert saved(browser, ana, remove_photo="on").status_code == 302
    ana.refresh_from_db()
    assert ana.photo is None


def test_a_new_customer_may_have_one(browser: Client) -> None:
    add = "/admin/customers/customer/add/"
    browser.post(add, filled(browser.get(add), name="Ana", picture=upload()))
    assert Customer.objects.get().photo


def test_the_picture_is_served_as_ours(browser: Client) -> None:
    ana = make_customer()
    saved(browser, ana, picture=upload())
    for query, side in (("", 40), ("?size=thumbnail", 160)):
        response = browser.get(page_of(ana, "photo") + query)
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert response["Content-Type"] == "image/webp"
        assert "sandbox" in response["Content-Security-Policy"]
        assert Image.open(io.BytesIO(content)).width == side


def test_it_is_decoded_before_the_transaction_opens(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = []

    def watched(file: Any) -> Any:
        depths.append(len(transaction.get_connection().savepoint_ids))
        return images.make_photo(file)

    monkeypatch.setattr(admin, "make_photo", watched)
    outside = len(transaction.get_connection().savepoint_ids)
    saved(browser, make_customer(), picture=upload())
    assert depths == [outside]


@pytest.mark.parametrize("content", [b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"x" * 6_000_000])
def test_what_is_no_picture_comes_back_with_its_reason(browser: Client, content: bytes) -> None:
    ana = make_customer(city="Mérida")
    page = saved(browser, ana, picture=upload(content), city="Lara")
    if len(content) > 5_500_000:
        assert page.status_code == 413
    else:
        assert page.status_code == 200
        assert "not a JPEG" in errors(page)["picture"]
    ana.refresh_from_db()
    assert (ana.photo, ana.city) == (None, "Mérida")


def test_too_large_a_request_is_told_on_a_page(browser: Client) -> None:
    response = saved(browser, make_customer(), picture=upload(b"x" * 7_000_000))
    assert response.status_code == 413
    assert response["Content-Type"].startswith("text/html")
    assert "The request is too large." in response.content.decode()


def test_a_full_disk_is_told_on_the_form(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(photo: Any) -> str:
        raise photo_files.StorageFull(28, "No space left on device")

    monkeypatch.setattr(admin, "store", full)
    page = saved(browser, make_customer(), picture=upload())
    assert page.status_code == 200
    assert "full" in errors(page)["picture"]


def test_nobody_sees_the_photo_of_whom_they_may_not_see(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = make_customer()
    saved(browser, ana, picture=upload())
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda self, actor: self.none())
    assert browser.get(page_of(ana, "photo")).status_code == 404
    assert Client().get(page_of(ana, "photo")).status_code == 302


def test_an_archived_customer_shows_the_photo_and_takes_none(browser: Client) -> None:
    ana = make_customer()
    saved(browser, ana, picture=upload())
    ana.refresh_from_db()
    ana.archive()
    body = browser.get(page_of(ana)).content.decode()
    assert page_of(ana, "photo") in body
    assert 'type="file"' not in body
