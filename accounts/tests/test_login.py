"""Signing in: what is answered, and that a refusal tells nothing about who exists."""

from typing import Any

import pytest

from accounts.models import AuthSession, User
from accounts.tests.hashing import CountingHasher
from accounts.tests.make import PASSWORD, make_user
from accounts.tests.signing_in import LOGIN, sign_in
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient

SAME_ID = {"HTTP_X_REQUEST_ID": "the-same-id"}


def test_a_name_and_a_password_open_a_session(sam: User) -> None:
    response = sign_in("sam", address="192.0.2.7", HTTP_USER_AGENT="a browser")
    assert response.status_code == 200
    tokens = response.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert tokens["token_type"] == "bearer"
    assert response.headers["Cache-Control"] == "no-store"
    session = AuthSession.objects.get()
    assert (session.user, session.user_agent, session.address) == (sam, "a browser", "192.0.2.7")
    event = SecurityEvent.objects.get()
    assert (event.kind, event.user_id, event.address) == ("login", sam.pk, "192.0.2.7")


def test_oauth_clients_send_a_form(sam: User, api: ApiClient) -> None:
    form = f"grant_type=password&username=sam&password={PASSWORD.replace(' ', '+')}&scope=all"
    response = api.generic("POST", LOGIN, form, "application/x-www-form-urlencoded")
    assert response.status_code == 200


@pytest.mark.parametrize("spelling", ["SAM", " sam ", "Sam", "ｓａｍ", "ſam"])
def test_a_name_is_found_in_every_spelling(sam: User, spelling: str) -> None:
    assert sign_in(spelling).status_code == 200


@pytest.mark.parametrize("password", [PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD} ", "x"])
def test_a_password_counts_to_the_letter(sam: User, password: str) -> None:
    assert sign_in("sam", password).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "sam"},
        {"username": "sam", "password": ""},
        {"username": "", "password": "x"},
        {"username": ["sam"], "password": "x"},
        {"username": "sam", "password": {"$ne": ""}},
        {"username": "sam", "password": "x" * 129},
        {"username": "x" * 151, "password": "x"},
        {"username": "sam", "password": "x", "grant_type": "client_credentials"},
    ],
    ids=str,
)
def test_what_is_no_name_and_password_is_refused_without_hashing(
    db: None, api: ApiClient, settings: Any, body: Any
) -> None:
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.CountingHasher"]
    CountingHasher.computed.clear()
    assert api.post(LOGIN, body).status_code == 422
    assert CountingHasher.computed == []


def test_every_refusal_is_the_same_and_costs_the_same(sam: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.CountingHasher"]
    make_user("inactive", is_active=False)
    make_user("archived").archive()
    User.objects.create_user("passwordless")
    attempts = [
        *(("nobody", PASSWORD), ("nobody", PASSWORD), ("sam", "wrong"), ("inactive", PASSWORD)),
        *(("inactive", "wrong"), ("archived", PASSWORD), ("passwordless", PASSWORD)),
    ]
    bodies, hashes = set(), []
    for username, password in attempts:
        CountingHasher.computed.clear()
        response = sign_in(username, password, **SAME_ID)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        bodies.add(response.content)
        hashes.append(len(CountingHasher.computed))
    assert len(bodies) == 1
    assert hashes == [1] * len(attempts)


def test_each_refusal_is_noted_with_the_name_and_nothing_secret(sam: User) -> None:
    sign_in("sam", "my secret guess")
    sign_in("Nobody", "my secret guess")
    events = SecurityEvent.objects.order_by("id")
    noted = list(events.values_list("kind", "actor_name", "user_id"))
    assert noted == [("login_failed", "sam", sam.pk), ("login_failed", "nobody", None)]
    assert "secret" not in str(events.values())


@pytest.mark.parametrize("password", ["admin", "admin123", "password", "changeme", "Admin@123"])
def test_no_password_of_a_replaced_service_opens_anything(db: None, password: str) -> None:
    assert sign_in("admin", password).status_code == 401
