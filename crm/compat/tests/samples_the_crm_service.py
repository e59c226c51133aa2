"""Requests of its Postman collection, one for every address."""

from collections.abc import Callable
from typing import Any

from accounts.tests.make import PASSWORD, make_user
from crm.compat.tests.samples import Sample
from crm.tests.samples import picture
from customers.tests.make import make_customer

ALL = (200, 200, 200, 200)
ADMIN: dict[str, Any] = {"username": "newcomer", "password": PASSWORD, "is_admin": False}
PABLO = {"id": "C-1", "name": "Pablo", "surname": "Ruiz", "photo_url": "https://x.example/p.jpg"}


def a_customer() -> dict[str, str]:
    make_customer(external_id="shop/7")
    return {"pk": "shop/7"}


def a_user() -> dict[str, str]:
    return {"pk": str(make_user().uuid)}


def credentials() -> dict[str, str]:
    return {"username": make_user().username, "password": PASSWORD}


def changes(**values: Any) -> Callable[[], dict[str, Any]]:
    return lambda: values


SAMPLES = {
    ("GET", "health"): Sample(ALL),
    ("POST", "auth/token"): Sample(ALL, body=credentials, fields=("username", "password")),
    ("GET", "users"): Sample((401, 403, 403, 200), many=make_user),
    ("POST", "users"): Sample((401, 403, 403, 201), body=lambda: ADMIN, fields=tuple(ADMIN)),
    ("PATCH", "users/{pk}"): Sample(
        (401, 403, 403, 204),
        values=a_user,
        body=changes(username="renamed"),
        fields=("username", "password", "is_admin", "dt_deleted"),
    ),
    ("DELETE", "users/{pk}"): Sample((401, 403, 403, 204), values=a_user),
    ("GET", "customers"): Sample((401, 200, 200, 200), many=make_customer, key=200),
    ("POST", "customers"): Sample(
        (401, 201, 201, 201), body=lambda: PABLO, fields=tuple(PABLO), key=201
    ),
    ("GET", "customers/{pk}"): Sample((401, 200, 200, 200), values=a_customer, key=200),
    ("PATCH", "customers/{pk}"): Sample(
        (401, 204, 204, 204),
        values=a_customer,
        body=changes(name="Pedro"),
        fields=("id", "name", "surname", "photo_url", "dt_deleted"),
    ),
    ("DELETE", "customers/{pk}"): Sample((401, 204, 204, 204), values=a_customer),
    ("PUT", "customers/{pk}/photo"): Sample(
        (401, 200, 200, 200), values=a_customer, body=lambda: {"photo": picture()}, form="multipart"
    ),
}
