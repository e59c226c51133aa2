"""Signing in with an API key: where it is read, who is refused, and what guessing costs."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts import key_auth
from accounts.models import ApiKey, User
from accounts.tests.make import make_key
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient, signed_in, with_key

CUSTOMERS = "/api/v1/customers"
ME = "/api/v1/auth/me"
REFUSED = 'Bearer realm="api", error="invalid_token"'


@pytest.fixture
def key(db: None) -> ApiKey:
    return make_key("web shop", scopes=["customers:add", "customers:read"])


def ask(**headers: str) -> Any:
    return ApiClient().get(CUSTOMERS, headers=headers)


def test_a_key_comes_in_a_header_of_its_own_or_as_a_bearer_token(key: ApiKey) -> None:
    assert ask(**{"X-API-Key": key.secret}).status_code == 200
    assert ask(**{"x-api-key": f" {key.secret} "}).status_code == 200
    assert ask(Authorization=f"Bearer {key.secret}").status_code == 200
    assert ask(Authorization=f"bearer {key.secret}").status_code == 200


@pytest.mark.parametrize("name", ["api_key", "key", "x-api-key", "access_token", "token"])
def test_a_key_in_the_address_is_not_read(key: ApiKey, name: str) -> None:
    assert ApiClient().get(CUSTOMERS, {name: key.secret}).status_code == 401
    assert with_key(key).get(CUSTOMERS, {name: key.secret}).status_code == 400


def test_a_key_and_a_token_are_one_too_many(key: ApiKey, sam: User) -> None:
    response = signed_in(sam).get(CUSTOMERS, HTTP_X_API_KEY=key.secret)
    assert (response.status_code, response.json()["code"]) == (400, "two_identities")


def never_was(key: ApiKey) -> None:
    key.secret = f"{key.secret[:-1]}{'0' if key.secret[-1] != '0' else '1'}"


def revoked(key: ApiKey) -> None:
    key.revoke()


def expired(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).audited_update(expires_at=timezone.now())


def rotated(key: ApiKey) -> None:
    old = key.secret
    key.rotate()
    key.secret = old


def only_the_prefix(key: ApiKey) -> None:
    key.secret = key.prefix


def only_the_hash(key: ApiKey) -> None:
    key.secret = key.hash


@pytest.mark.parametrize(
    "spoil", [never_was, revoked, expired, rotated, only_the_prefix, only_the_hash]
)
def test_whatever_is_wrong_the_answer_is_the_same(
    key: ApiKey, spoil: Callable[[ApiKey], None]
) -> None:
    spoil(key)
    response = ask(**{"X-API-Key": key.secret})
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, REFUSED)
    body = response.json()
    assert (body["code"], body["detail"]) == ("invalid_token", "This API key is not valid.")


@pytest.mark.parametrize(
    "text", ["", " ", "é", "\x00", "x" * 60_000, "crm_", "a b", "\udcff", "日"]
)
def test_nothing_that_anybody_puts_there_is_an_error(db: None, text: str) -> None:
    assert ask(**{"X-API-Key": text}).status_code == 401


def test_a_key_is_valid_to_the_second_it_expires(db: None, clock: Any) -> None:
    client = with_key(make_key(scopes=["customers:read"], expires_at=in_an_hour()))
    clock.shift(timedelta(seconds=3599))
    assert client.get(CUSTOMERS).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(CUSTOMERS).status_code == 401


def in_an_hour() -> Any:
    return timezone.now() + timedelta(hours=1)


def test_a_key_is_nobody_whose_number_it_shares(alice: User) -> None:
    key = make_key(scopes=["customers:read"])
    while key.pk < alice.pk:
        key = make_key(scopes=["customers:read"])
    alice = User.objects.get(pk=alice.pk)
    client = with_key(key)
    for path in (ME, "/api/v1/users", f"/api/v1/users/{key.pk}"):
        response = client.get(path)
        assert response.status_code == 403
        assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert not User.objects.visible_to(key).exists()
    assert not ApiKey.objects.visible_to(key).exists()


def test_a_scope_more_or_less_counts_from_the_next_request(key: ApiKey) -> None:
    client = with_key(key)
    assert client.get(CUSTOMERS).status_code == 200
    key.scopes = ["customers:add"]
    key.save()
    assert client.get(CUSTOMERS).status_code == 403


def test_a_use_is_noted_once_a_minute_and_is_no_change(key: ApiKey, clock: Any) -> None:
    client, start = with_key(key), timezone.now()
    for seconds, noted in ((0, 0), (59, 0), (1, 60), (30, 60)):
        clock.shift(timedelta(seconds=seconds))
        client.get(CUSTOMERS)
        key.refresh_from_db()
        assert key.last_used_at == start + timedelta(seconds=noted)
    assert (key.version, key.history.count()) == (1, 1)


def test_a_database_that_takes_no_writes_still_answers_a_key(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("attempt to write a readonly database")

    client = with_key(make_key(scopes=["customers:read"]))
    monkeypatch.setattr(ApiKey, "touch", refuse)
    assert client.get(CUSTOMERS).status_code == 200


def test_wrong_keys_are_limited_by_network(
    db: None, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_auth, "WRONG_KEYS", 3)
    here = [ask(**{"X-API-Key": f"guess{n}"}).status_code for n in range(5)]
    assert here == [401, 401, 401, 429, 429]
    elsewhere = ApiClient(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get(CUSTOMERS, HTTP_X_API_KEY="guess").status_code == 401
    limited = ask(**{"X-API-Key": "guess"})
    assert limited.headers["Retry-After"] == "900"
    kinds = SecurityEvent.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["key_limited"] + ["key_refused"] * 4


def test_a_strong_key_is_not_kept_waiting_by_its_neighbours(
    key: ApiKey, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_auth, "WRONG_KEYS", 1)
    weak = ApiKey(name="old", scopes=["customers:read"])
    weak.take("key1")
    weak.save()
    assert [with_key(weak).get(CUSTOMERS).status_code for _ in range(3)] == [200] * 3
    assert ask(**{"X-API-Key": "guess"}).status_code == 401
    assert with_key(key).get(CUSTOMERS).status_code == 200
    # Else whoever guesses would go on guessing: the right guess would be the one not refused.
    assert with_key(weak).get(CUSTOMERS).status_code == 429


def test_what_a_key_does_bears_its_name_in_the_history(key: ApiKey, as_sam: ApiClient) -> None:
    response = with_key(key).post(CUSTOMERS, {"name": "Ana"}, HTTP_X_REQUEST_ID="req-12345678")
    assert response.status_code == 201
    assert (response.json()["created_by"], response.json()["modified_by"]) == (None, None)
    [entry] = as_sam.get(f"{response.headers['Location']}/history").json()["results"]
    assert entry["user"] == {"id": None, "name": "API key web shop", "role": "api_key"}
    assert (entry["source"], entry["request_id"]) == ("api", "req-12345678")


def test_no_log_line_holds_the_key(key: ApiKey, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        with_key(key).get(CUSTOMERS)
        ask(Authorization=f"Bearer {key.secret}x")
    logged = json.dumps([vars(record) for record in caplog.records], default=str)
    assert key.secret not in logged
    assert next(getattr(record, "key_id", None) for record in caplog.records) == key.pk


def test_a_key_and_a_person_with_one_number_share_no_replay_and_no_limit(
    key: ApiKey, sam: User
) -> None:
    answers = [
        client.post(CUSTOMERS, {"name": name}, HTTP_IDEMPOTENCY_KEY="one")
        for client, name in ((with_key(key), "Ana"), (signed_in(sam), "Eva"))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
