"""How many guesses are evaluated: 10 a person and network, 30 a network, 100 a person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import KnownNetwork, User
from accounts.tests.hashing import CountingHasher
from accounts.tests.make import PASSWORD, make_user
from accounts.tests.signing_in import HOME, LOGIN, guess, guesses, sign_in
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient, signed_in

pytestmark = pytest.mark.usefixtures("clock")


def test_after_ten_wrong_guesses_from_one_network_even_the_right_one_has_to_wait(
    sam: User, clock: Any
) -> None:
    assert guesses(11) == [401] * 10 + [429]
    clock.shift(timedelta(seconds=100.5))
    refused = sign_in("sam")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "800"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    clock.shift(timedelta(seconds=799))
    assert sign_in("sam").status_code == 429
    clock.shift(timedelta(seconds=1))
    assert sign_in("sam").status_code == 200


def test_what_is_over_the_limit_is_not_evaluated(sam: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.CountingHasher"]
    CountingHasher.computed.clear()
    guesses(15)
    assert len(CountingHasher.computed) == 10
    assert SecurityEvent.objects.filter(kind="login_failed").count() == 10
    # Once: whoever goes on trying must not fill the table.
    assert SecurityEvent.objects.get(kind="login_limited").user_id == sam.pk


def test_a_name_nobody_has_is_limited_like_any_other(db: None) -> None:
    assert guesses(11, "nobody") == [401] * 10 + [429]


def test_right_passwords_do_not_count(sam: User) -> None:
    for _ in range(12):
        assert sign_in("sam").status_code == 200
    assert guesses(10) == [401] * 10


def test_one_network_has_thirty_guesses_at_everybody(sam: User) -> None:
    statuses = [guesses(1, f"person{number}")[0] for number in range(31)]
    assert statuses == [401] * 30 + [429]
    assert guess(address="192.0.2.8") == 401


def test_a_guess_that_the_network_may_not_make_costs_the_person_nothing(sam: User) -> None:
    for number in range(30):
        guesses(1, f"person{number}")
    assert guesses(10) == [429] * 10
    KnownNetwork.remember(sam, HOME)
    assert guesses(11) == [401] * 10 + [429]


def test_all_strange_networks_together_have_a_hundred_guesses_at_a_person(sam: User) -> None:
    assert sign_in("sam").status_code == 200
    statuses = [guesses(1, address=f"198.51.100.{number}")[0] for number in range(101)]
    assert statuses == [401] * 100 + [429]
    assert sign_in("sam", address="203.0.113.1").status_code == 429
    assert guesses(1, "sue", address="203.0.113.1") == [401]
    # Nobody can lock a person out of a network they know.
    assert sign_in("sam").status_code == 200


def test_a_known_network_is_known_for_that_person_alone(sam: User, sue: User) -> None:
    assert sign_in("sam").status_code == 200
    for number in range(30):
        guesses(1, f"person{number}")
    assert sign_in("sue").status_code == 429
    assert sign_in("sam").status_code == 200
    assert guesses(11) == [401] * 10 + [429]


def test_every_spelling_and_form_is_counted_together(sam: User, api: ApiClient) -> None:
    form = "application/x-www-form-urlencoded"
    for spelling in ("sam", "SAM", " sam", "ｓａｍ", "ſam"):
        assert guess(spelling) == 401
        sent = f"username={spelling}&password=wrong"
        response = api.generic("POST", f"{LOGIN}/", sent, form, REMOTE_ADDR=HOME)
        assert response.status_code == 401
    assert guesses(1) == [429]


def test_the_back_office_counts_with_the_api(sam: User) -> None:
    form = {"username": "sam", "password": "wrong"}
    browser = Client(REMOTE_ADDR=HOME)
    statuses = [browser.post("/admin/login/", form).status_code for _ in range(5)]
    assert statuses == [200] * 5
    assert guesses(6) == [401] * 5 + [429]
    refused = browser.post("/admin/login/", form | {"password": PASSWORD})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]


def test_a_wrong_current_password_is_limited_too(sam: User) -> None:
    client = signed_in(sam)
    body = {"current_password": "wrong", "new_password": "another long password"}
    statuses = [client.post("/api/v1/auth/password", body).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    body["current_password"] = PASSWORD
    assert client.post("/api/v1/auth/password", body).status_code == 429


@pytest.mark.usefixtures("transactional_db")
def test_a_guess_is_counted_whatever_is_rolled_back_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is open while it is counted, so there is nothing to roll back with."""
    user = make_user("sam")
    open_transactions = []

    def fail(*args: object) -> bool:
        open_transactions.append(connection.in_atomic_block)
        raise RuntimeError("the request ends here")

    monkeypatch.setattr(User, "check_password", fail)
    for _ in range(10):
        with pytest.raises(RuntimeError):
            guess()
    monkeypatch.undo()
    assert open_transactions == [False] * 10
    assert sign_in(user.username).status_code == 429
