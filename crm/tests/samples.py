"""For every route a request that succeeds for those who may send it.

A new model needs a maker here, a new route that takes a body needs a body; the tests built on
this file fail until they have one.
"""

import io
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from PIL import Image

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from accounts.tokens import open_session
from crm.base.images import make_photo
from crm.base.photo_files import store
from crm.tests.routes import Route
from customers.models import Customer
from customers.photos import signed_link
from customers.tests.make import make_customer

MULTIPART = "multipart/form-data; boundary=limit"
PHONE = "+584121234567"

# A record with nothing special, as many as are wanted.
PLAIN: dict[type, Callable[[], Any]] = {User: make_user, Customer: make_customer}
# One that every route of its viewset has something to show of.
MAKERS: dict[type, Callable[[], Any]] = {
    User: lambda: make_user(phone=PHONE),
    Customer: lambda: make_customer(phone=PHONE, email="carla@example.org", photo=stored_photo()),
}
BODIES: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
    ("POST", "/api/v1/auth/login"): lambda: {
        "username": make_user("signer").username,
        "password": PASSWORD,
    },
    ("POST", "/api/v1/auth/refresh"): lambda: {
        "refresh_token": open_session(make_user())["refresh_token"]
    },
    ("POST", "/api/v1/auth/logout"): dict,
    ("POST", "/api/v1/auth/password"): lambda: {
        "current_password": PASSWORD,
        "new_password": "another long secret",
    },
    ("PATCH", "/api/v1/auth/me"): lambda: {"language": "es"},
    ("POST", "/api/v1/users"): lambda: {"username": "newcomer", "password": PASSWORD},
    ("PATCH", "/api/v1/users/{pk}"): lambda: {"language": "es"},
    ("POST", "/api/v1/customers"): lambda: {"name": "Diego"},
    ("PATCH", "/api/v1/customers/{pk}"): lambda: {"city": "Mérida"},
    ("PUT", "/api/v1/customers/{pk}/photo"): lambda: {"photo": picture()},
}

# What must be asked for.
QUERIES = {"/api/v1/customers/search": "?q=customer"}


def picture(name: str = "face.png") -> SimpleUploadedFile:
    """Return an upload that is a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def stored_photo() -> str:
    return store(make_photo(picture()))


def address(route: Route, **values: Any) -> str:
    """Return where ``route`` is asked, its parameters filled in."""
    return route.at(**values) + QUERIES.get(str(route), "")


def values_for(route: Route) -> dict[str, Any]:
    """Make what the route's parameters name, and return their values."""
    if "{token}" in route.path:
        customer = MAKERS[Customer]()
        return {"token": signed_link(customer.pk, customer.photo).rpartition("/")[2]}
    if "{" not in route.path or route.model is None:
        return {"rest": "nowhere"}
    record = MAKERS[route.model]()
    if "restore" in route.actions.values():
        record.archive()
    return {"pk": record.pk, "phone": PHONE}


def options_for(route: Route, method: str) -> dict[str, Any]:
    """Return the arguments for ``client.generic``: a body that is valid, where there is one."""
    if method not in ("POST", "PUT", "PATCH"):
        return {}
    body = BODIES.get((method, str(route)), dict)()
    if method == "PUT":
        return {"data": encode_multipart("limit", body), "content_type": MULTIPART}
    return {"data": json.dumps(body), "content_type": "application/json"}


def sample(route: Route, method: str) -> tuple[str, dict[str, Any]]:
    """Return the address and the arguments of a request that succeeds."""
    return address(route, **values_for(route)), options_for(route, method)
