"""``api-keys``: what an administrator does with them. The key itself is seen once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import key_text
from accounts.models import ApiKey, ApiKeyUse
from accounts.scopes import PERMISSIONS, Scope
from accounts.tests.make import make_key
from crm.base.models import IdempotencyRecord
from crm.base.trail.fence import unaudited
from crm.tests.clients import ApiClient, with_key

KEYS = "/api/v1/api-keys"


def everything_stored() -> str:
    """Return all that the tables of keys, their history and their replays hold."""
    tables = (ApiKey._base_manager, ApiKey.history, IdempotencyRecord.objects)
    return str([list(table.values()) for table in tables])


def test_a_new_key_creates_customers_and_nothing_else(as_alice: ApiClient) -> None:
    response = as_alice.post(KEYS, {"name": "web shop"})
    assert response.status_code == 201
    body = response.json()
    assert (body["scopes"], body["daily_limit"]) == (["customers:add"], 35)
    assert (body["is_active"], body["is_weak"], body["expires_at"]) == (True, False, None)
    assert body["key"].startswith(body["prefix"])
    assert "hash" not in body


def test_the_key_is_shown_once_and_stored_nowhere(as_alice: ApiClient) -> None:
    made = as_alice.post(KEYS, {"name": "web shop"}, HTTP_IDEMPOTENCY_KEY="once")
    key = made.json()["key"]
    detail = f"{KEYS}/{made.json()['id']}"
    as_alice.patch(detail, {"daily_limit": 3})
    for path in (KEYS, detail, f"{detail}/history"):
        answer = as_alice.get(path)
        assert key not in answer.content.decode()
        assert '"key"' not in answer.content.decode()
    assert key not in everything_stored()
    assert not IdempotencyRecord.objects.exists()


def test_only_a_keyed_hash_is_stored(db: None, settings: Any) -> None:
    key = make_key()
    assert len(key.hash) == 64
    with_this_pepper = key_text.digest(key.secret)
    assert with_this_pepper == key.hash
    settings.API_KEY_PEPPER = "another" * 9
    assert key_text.digest(key.secret) != with_this_pepper


def test_no_two_keys_are_alike_and_most_of_each_stays_hidden(db: None) -> None:
    made = [key_text.new() for _ in range(100)]
    assert len({key_text.shown(key) for key in made}) == 100
    hidden = len(made[0]) - len(key_text.shown(made[0]))
    assert hidden * 4 >= 128  # bits; a hexadecimal digit has four
    assert not any(map(key_text.is_weak, made))


@pytest.mark.parametrize("key", ["key1", "secret", "a" * 40, "abcabcabcabcabcabcabcabc", "x1" * 11])
def test_what_could_be_guessed_is_weak_and_hardly_shown(db: None, key: str) -> None:
    assert key_text.is_weak(key)
    assert len(key_text.shown(key)) <= len(key) / 4


def test_a_history_tells_of_rotation_and_revocation_without_the_hash(as_alice: ApiClient) -> None:
    key = make_key(name="web shop")
    path = f"{KEYS}/{key.pk}"
    rotated = as_alice.post(f"{path}/rotate")
    assert as_alice.delete(path).status_code == 204
    revoked, changed, created = as_alice.get(f"{path}/history").json()["results"]
    assert changed["old_values"] == {"prefix": key.prefix}
    assert changed["new_values"] == {"prefix": rotated.json()["prefix"]}
    assert revoked["new_values"] == {"is_active": False}
    assert revoked["user"]["name"] == "alice"
    assert not {"hash", "last_used_at"} & set(created["new_values"])


def test_rotating_replaces_the_key_at_once_on_the_same_row(as_alice: ApiClient) -> None:
    key = make_key(scopes=["customers:read"])
    old = with_key(key)
    response = as_alice.post(f"{KEYS}/{key.pk}/rotate")
    assert (response.status_code, response.json()["id"]) == (200, key.pk)
    key.secret = response.json()["key"]
    assert old.get("/api/v1/customers").status_code == 401
    assert with_key(key).get("/api/v1/customers").status_code == 200


def test_revoking_is_for_good(as_alice: ApiClient) -> None:
    key = make_key(scopes=["customers:read"])
    path = f"{KEYS}/{key.pk}"
    assert as_alice.delete(path).status_code == 204
    assert as_alice.delete(path).status_code == 204
    assert with_key(key).get("/api/v1/customers").status_code == 401
    for answer in (as_alice.post(f"{path}/rotate"), as_alice.patch(path, {"name": "again"})):
        assert (answer.status_code, answer.json()["code"]) == (409, "revoked")
    assert as_alice.patch(path, {"is_active": True}).status_code == 422
    assert as_alice.get(path).json()["is_active"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["customers:delete"]}, "scopes"),
        ({"scopes": "customers:add"}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"scopes": {"customers:add": 1}}, "scopes"),
        ({"daily_limit": 0}, "daily_limit"),
        ({"daily_limit": -1}, "daily_limit"),
        ({"daily_limit": 1_000_001}, "daily_limit"),
        ({"daily_limit": None}, "daily_limit"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"key": "mine"}, "key"),
        ({"hash": "0" * 64}, "hash"),
    ],
    ids=str,
)
def test_a_senseless_value_is_named(as_alice: ApiClient, body: dict[str, Any], field: str) -> None:
    response = as_alice.post(KEYS, {"name": "web shop"} | body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].partition(".")[0] == field
    assert not ApiKey.objects.exists()


def test_a_name_belongs_to_one_key_for_ever(as_alice: ApiClient) -> None:
    key = make_key("web shop")
    key.revoke()
    response = as_alice.post(KEYS, {"name": "web shop"})
    assert response.status_code == 409
    assert response.json()["errors"][0]["field"] == "name"


def test_scopes_are_kept_once_each_and_in_order(as_alice: ApiClient) -> None:
    scopes = ["leads:read", "customers:add", "leads:read"]
    response = as_alice.post(KEYS, {"name": "web shop", "scopes": scopes})
    assert response.json()["scopes"] == ["customers:add", "leads:read"]


def test_an_expired_key_may_get_more_time_or_another_limit(as_alice: ApiClient) -> None:
    key = make_key(expires_at=timezone.now() + timedelta(days=1))
    ApiKey.objects.filter(pk=key.pk).audited_update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    path = f"{KEYS}/{key.pk}"
    assert as_alice.patch(path, {"daily_limit": 3}).status_code == 200
    assert as_alice.patch(path, {"expires_at": None}).status_code == 200


def test_the_detail_tells_the_use_of_the_last_thirty_days(clock: Any, as_alice: ApiClient) -> None:
    key = make_key()
    today = timezone.now().date()
    for ago, used in ((0, 3), (29, 7), (30, 9)):
        ApiKeyUse.objects.create(api_key=key, day=today - timedelta(days=ago), used=used)
    use = as_alice.get(f"{KEYS}/{key.pk}").json()["use"]
    assert [row["used"] for row in use] == [7, *[0] * 28, 3]
    assert (use[0]["day"], use[-1]["day"]) == ("2029-12-03", "2030-01-01")


def test_the_list_is_narrowed_and_searched(as_alice: ApiClient) -> None:
    shop, other = make_key("web shop"), make_key("app")
    other.revoke()
    for query, found in (
        ("is_active=true", shop),
        ("search=web", shop),
        ("is_active=false", other),
    ):
        results = as_alice.get(f"{KEYS}?{query}").json()["results"]
        assert [row["id"] for row in results] == [found.pk]


def test_somebody_who_was_slower_changes_nothing(as_alice: ApiClient) -> None:
    key = make_key()
    path = f"{KEYS}/{key.pk}"
    seen = as_alice.get(path).headers["ETag"]
    assert as_alice.post(f"{path}/rotate", HTTP_IF_MATCH=seen).status_code == 200
    assert as_alice.post(f"{path}/rotate", HTTP_IF_MATCH=seen).status_code == 412


def test_the_database_refuses_an_impossible_limit(db: None) -> None:
    key = make_key()
    past_the_model = unaudited("the constraint alone refuses it")
    with pytest.raises(IntegrityError), transaction.atomic(), past_the_model:
        ApiKey._base_manager.filter(pk=key.pk).update(daily_limit=0)


@pytest.mark.parametrize("text", ["", " ", "a b", "é", "a\n", "x" * 201, "\x00"])
def test_what_no_header_can_carry_is_no_key(text: str) -> None:
    with pytest.raises(ValidationError, match="visible ASCII"):
        ApiKey(name="old").take(text)


def test_every_scope_grants_something() -> None:
    assert set(PERMISSIONS) == set(Scope)
    assert all(PERMISSIONS.values())
