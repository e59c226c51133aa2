"""Signing in to the back office."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.make import PASSWORD
from crm.base.models import SecurityEvent
from crm.tests.pages import text

LOGIN = "/admin/login/"
REFUSED = "Incorrect username or password."


def sign_in(client: Client, username: str = "sam", password: str = PASSWORD, **more: Any) -> Any:
    values = {"username": username, "password": password, **more}
    return client.post(LOGIN, values)


def test_it_lets_in_and_rotates_the_session(client: Client, sam: User) -> None:
    session = client.session
    session["kept"] = True
    session.save()
    key = session.session_key
    assert sign_in(client)["Location"] == "/admin/"
    assert client.session.session_key not in (key, None)
    assert client.get("/admin/profile/").status_code == 200
    event = SecurityEvent.objects.get(kind="login")
    assert (event.actor_name, event.source) == ("sam", "admin")


def test_the_name_is_canonical(client: Client, sam: User) -> None:
    assert sign_in(client, " ＳＡＭ ").status_code == 302


@pytest.mark.parametrize(
    ("username", "password"),
    [("sam", "wrong"), ("nobody", PASSWORD), ("inactive", PASSWORD), ("sam", " " + PASSWORD)],
)
def test_whatever_is_wrong_the_sentence_is_the_same(
    client: Client, sam: User, sue: User, username: str, password: str
) -> None:
    sue.username, sue.is_active = "inactive", False
    sue.save()
    page = sign_in(client, username, password)
    assert page.status_code == 200
    shown = re.search(r"Incorrect[^.]*\.", text(page))
    assert shown
    assert shown[0] == REFUSED
    assert client.get("/admin/").status_code == 302
    assert SecurityEvent.objects.get().kind == "login_failed"


@pytest.mark.parametrize(
    ("username", "password"),
    [("", ""), ("a\x00", "b"), ("x" * 151, PASSWORD), ("sam", "x" * 129), ("sam", "a\x00b")],
)
def test_hostile_values_are_refused_without_a_hash(
    client: Client, sam: User, username: str, password: str
) -> None:
    assert sign_in(client, username, password).status_code == 200
    assert not SecurityEvent.objects.exists()


def test_too_many_attempts_are_told_when_to_come_back(client: Client, sam: User) -> None:
    assert [sign_in(client, password="wrong").status_code for _ in range(10)] == [200] * 10
    page = sign_in(client)
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 900
    assert re.search(r"Too many attempts\. Try again in \d+ minutes?\.", text(page))
    assert client.get("/admin/").status_code == 302


def test_it_shares_its_limits_with_the_api(client: Client, sam: User) -> None:
    for _ in range(10):
        guess = {"username": "sam", "password": "wrong"}
        client.post("/api/v1/auth/login", guess, content_type="application/json")
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "\x00//evil.example",
        "https:evil.example",
    ],
)
def test_it_leads_nowhere_else(client: Client, sam: User, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/admin/"


def test_it_leads_back_to_the_page_asked_for(client: Client, sam: User) -> None:
    response = client.get("/admin/customers/customer/?q=ana")
    assert response["Location"] == f"{LOGIN}?next=/admin/customers/customer/%3Fq%3Dana"
    answer = sign_in(client, next="/admin/customers/customer/?q=ana")
    assert answer["Location"] == "/admin/customers/customer/?q=ana"


def test_it_needs_its_token(sam: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = sign_in(browser)
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/html")
    assert "This page was open for too long." in text(response)


def test_signing_out_is_a_post(client: Client, sam: User) -> None:
    sign_in(client)
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/admin/profile/").status_code == 200
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/profile/").status_code == 302
