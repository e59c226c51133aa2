"""Whatever goes wrong in the back office is told in its own looks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm import admin_site
from crm.tests.pages import text

pytestmark = pytest.mark.any_database

Login = Callable[[User], Client]
SPANISH = {"Accept-Language": "es"}


def check(response: Any, status: int, sentence: str) -> str:
    """Assert that ``response`` is a page of ours; return what is read there."""
    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    shown = text(response)
    assert sentence in shown
    assert str(status) in shown
    assert response["X-Request-ID"] in shown
    assert "Traceback" not in shown
    assert "script-src 'self'" in response["Content-Security-Policy"]
    return shown


def test_what_is_not_there_is_404_with_the_menu(back_office: Login, sam: User) -> None:
    shown = check(back_office(sam).get("/admin/nowhere/"), 404, "Not found.")
    assert "Customers" in shown


def test_what_one_may_not_is_403_with_the_menu(back_office: Login, sam: User) -> None:
    shown = check(back_office(sam).get("/admin/accounts/user/"), 403, "You may not do this.")
    assert "Customers" in shown


def test_what_makes_no_sense_is_400(back_office: Login, sam: User) -> None:
    response = back_office(sam).get("/admin/customers/customer/?_to_field=search_text")
    check(response, 400, "The request cannot be understood.")


def test_a_defect_of_ours_is_500_without_a_word_of_it(
    back_office: Login, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: Any) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(admin_site, "home", broken)
    client = back_office(maria)
    client.raise_request_exception = False
    shown = check(client.get("/admin/"), 500, "Something went wrong here")
    assert "secret reason" not in shown


def test_it_is_told_although_the_database_is_gone(
    back_office: Login, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = back_office(sam)
    client.raise_request_exception = False

    def gone(self: Any, *args: Any, **options: Any) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
    response = client.get("/admin/customers/customer/")
    monkeypatch.undo()
    check(response, 500, "Something went wrong here")


def test_a_request_refused_at_the_door_is_told_too(client: Client) -> None:
    response = client.post("/admin/login/", CONTENT_LENGTH="99999999")
    check(response, 413, "The request is too large.")


def test_it_is_told_in_the_browsers_language(client: Client) -> None:
    response = client.post("/admin/login/", CONTENT_LENGTH="99999999", headers=SPANISH)
    shown = check(response, 413, "La solicitud es demasiado grande.")
    assert "Ir al inicio" in shown


def test_a_page_that_takes_no_get_is_405(back_office: Login, sam: User) -> None:
    response = back_office(sam).get("/admin/logout/")
    check(response, 405, "This page is not called like this.")
    assert response["Allow"] == "POST, OPTIONS"


def test_the_api_still_answers_programs(client: Client) -> None:
    response = client.get("/api/v1/nowhere")
    assert response["Content-Type"] == "application/problem+json"
