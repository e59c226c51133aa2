"""What an access token must be: forged, stale and odd ones are refused, never an error."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AuthSession, User
from accounts.tests.tokens import ask, good_claims, in_seconds, signed, unsigned
from accounts.tokens import open_session
from crm.tests.clients import ApiClient


def assert_refused(response: Any) -> None:
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_a_token_as_we_make_it_is_accepted(sam: User) -> None:
    response = ask(signed(good_claims(sam)))
    assert response.status_code == 200
    assert response.json()["username"] == "sam"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS256"])
def test_it_refuses_a_token_that_nobody_signed(sam: User, algorithm: str) -> None:
    assert_refused(ask(unsigned(good_claims(sam), algorithm)))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_it_refuses_our_own_key_under_another_algorithm(sam: User, algorithm: str) -> None:
    assert_refused(ask(signed(good_claims(sam), algorithm=algorithm)))


def test_it_refuses_another_key(sam: User) -> None:
    assert_refused(ask(signed(good_claims(sam), key="x" * 64)))


def test_it_refuses_a_token_signed_with_the_key_of_cookies(sam: User, settings: Any) -> None:
    settings.SECRET_KEY = "the key of cookies and links, which signs no token"
    assert_refused(ask(signed(good_claims(sam), key=settings.SECRET_KEY)))


def test_it_refuses_a_token_whose_middle_was_exchanged(sam: User, alice: User) -> None:
    head, _, signature = signed(good_claims(sam)).split(".")
    claims = signed(good_claims(alice)).split(".")[1]
    assert_refused(ask(f"{head}.{claims}.{signature}"))


def test_a_refresh_token_opens_nothing(sam: User) -> None:
    assert_refused(ask(open_session(sam)["refresh_token"]))


def test_an_access_token_refreshes_nothing(sam: User, api: ApiClient) -> None:
    token = open_session(sam)["access_token"]
    response = api.post("/api/v1/auth/refresh", {"refresh_token": token})
    assert response.status_code == 401


def test_the_role_comes_from_the_database_and_not_from_the_token(sam: User) -> None:
    claims = good_claims(sam) | {"role": "admin", "is_superuser": True}
    assert ask(signed(claims), "/api/v1/users").status_code == 403


def test_one_persons_session_is_no_other_persons(sam: User, alice: User) -> None:
    assert_refused(ask(signed(good_claims(sam) | {"sub": str(alice.pk)})))


def test_a_token_lives_for_its_minutes(sam: User) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        tokens = open_session(sam)
        assert tokens["expires_in"] == 600
        clock.move_to(start + timedelta(seconds=599))
        assert ask(tokens["access_token"]).status_code == 200
        clock.move_to(start + timedelta(seconds=600))
        assert_refused(ask(tokens["access_token"]))


@pytest.mark.parametrize(
    "change",
    [
        {"exp": -1},
        {"nbf": 600},
        {"iat": 600},
        {"iss": "somebody else"},
        {"iss": ["crm"]},
        {"token_type": "sliding"},
        {"token_type": None},
    ],
    ids=["expired", "too early", "of the future", "of another", "of many", "sliding", "untyped"],
)
def test_it_refuses_a_token_of_another_time_or_kind(sam: User, change: dict[str, Any]) -> None:
    times = {name: in_seconds(wait) for name, wait in change.items() if isinstance(wait, int)}
    assert_refused(ask(signed(good_claims(sam) | change | times)))


@pytest.mark.parametrize("name", ["exp", "iss", "sub", "sid", "jti", "token_type"])
def test_it_refuses_a_token_that_lacks_a_claim(sam: User, name: str) -> None:
    claims = good_claims(sam)
    del claims[name]
    assert_refused(ask(signed(claims)))


ODD = [
    None,
    True,
    -1,
    0,
    1.5,
    2**63,
    10**30,
    float("inf"),
    "",
    "x",
    "1 OR 1=1",
    "٣",
    [],
    [1],
    {},
    {"a": 1},
]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("name", ["sub", "sid"])
def test_it_refuses_odd_names_of_user_and_session(sam: User, name: str, value: object) -> None:
    claims = good_claims(sam) | {name: value}
    assert_refused(ask(signed(claims)))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_odd_times_are_no_error(sam: User, name: str, value: object) -> None:
    response = ask(signed(good_claims(sam) | {name: value}))
    assert response.status_code in (200, 401)


def test_a_session_number_is_not_found_by_its_truth(sam: User) -> None:
    claims = good_claims(sam)
    AuthSession.objects.filter(pk=claims["sid"]).update(id=1)
    assert ask(signed(claims | {"sid": 1})).status_code == 200
    assert_refused(ask(signed(claims | {"sid": True})))
