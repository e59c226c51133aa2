import errno
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from PIL import Image

from accounts.models import User
from crm.tests.clients import ApiClient
from customers import serializers
from customers.models import Customer
from customers.tests.make import make_customer
from customers.tests.pictures import (
    address,
    colour,
    content,
    file,
    stored_files,
    upload,
)

pytestmark = pytest.mark.any_database

BOUNDARY = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'


@pytest.fixture
def customer(db: None) -> Customer:
    return make_customer(name="Ana")


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a picture is decoded."""

    def decode(upload: Any) -> None:
        raise AssertionError("It was decoded in vain.")

    monkeypatch.setattr(serializers, "make_photo", decode)


def assert_nothing_happened(customer: Customer) -> None:
    customer.refresh_from_db()
    assert (customer.photo, customer.version) == (None, 1)
    assert stored_files() == []


def black(width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("1", (width, height)).save(written, "PNG")
    return written.getvalue()


def animated() -> bytes:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    return written.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"hello", "photo_not_an_image"),
    "html": (lambda: b"<html><script>alert(1)</script>", "photo_not_an_image"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "photo_not_an_image"),
    "gif": (lambda: content("GIF"), "photo_not_an_image"),
    "bmp": (lambda: content("BMP"), "photo_not_an_image"),
    "eps": (lambda: content("EPS"), "photo_not_an_image"),
    "half a picture": (lambda: content("PNG", size=(300, 300))[:60], "photo_not_an_image"),
    "nothing": (lambda: b"", "empty"),
    "too many bytes": (lambda: random.Random(0).randbytes(5_300_000), "photo_too_large"),  # noqa: S311
    "too many pixels": (lambda: black(13_000, 13_000), "photo_too_many_pixels"),
    "too long a side": (lambda: black(8_001, 2), "photo_too_many_pixels"),
    "animated": (animated, "photo_animated"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_refuses_what_is_no_photo(kind: str, as_sam: ApiClient, customer: Customer) -> None:
    make, code = HOSTILE[kind]
    response = upload(as_sam, customer, make())
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("photo", code)
    assert_nothing_happened(customer)


def test_what_rides_on_a_picture_stays_behind(as_sam: ApiClient, customer: Customer) -> None:
    payload = b"<script>alert(document.domain)</script>"
    assert upload(as_sam, customer, content("JPEG") + payload).status_code == 200
    assert all(payload not in path.read_bytes() for path in stored_files())


@pytest.mark.parametrize(
    "name", [".htaccess", "../../x.png", "<img src=x>.png", "a\nb.png", "é.php"]
)
def test_the_name_of_the_file_means_nothing(
    name: str, as_sam: ApiClient, customer: Customer
) -> None:
    body = {"photo": file(name=name)}
    assert as_sam.put(address(customer), body, format="multipart").status_code == 200
    assert {path.suffix for path in stored_files()} == {".webp"}


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, {"photo": "required"}),
        ({"photo": "not a file"}, {"photo": "invalid"}),
        ({"picture": "file"}, {"picture": "unknown"}),
        ({"photo": "file", "name": "Eve"}, {"name": "unknown"}),
        ({"photo": "file", "version": "9"}, {"version": "unknown"}),
    ],
)
def test_the_form_has_one_file_and_nothing_else(
    form: dict[str, Any], errors: dict[str, str], as_sam: ApiClient, customer: Customer
) -> None:
    values = {name: file() if value == "file" else value for name, value in form.items()}
    response = as_sam.put(address(customer), values, format="multipart")
    assert response.status_code == 422
    assert {row["field"]: row["code"] for row in response.json()["errors"]} == errors
    assert_nothing_happened(customer)


def test_it_takes_one_file(as_sam: ApiClient, customer: Customer) -> None:
    response = as_sam.put(address(customer), {"photo": [file(), file()]}, format="multipart")
    assert response.status_code == 413
    assert_nothing_happened(customer)


@pytest.mark.parametrize("kind", ["application/json", "image/png", "application/octet-stream", ""])
def test_it_takes_nothing_but_a_form(kind: str, as_sam: ApiClient, customer: Customer) -> None:
    response = as_sam.generic("PUT", address(customer), content(), content_type=kind)
    assert response.status_code == 415
    assert_nothing_happened(customer)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PART + content(), BOUNDARY),
        (PART + content() + b"\r\n--b", BOUNDARY),
        (PART + content() + b"\r\n--", BOUNDARY),
        (PART[:40], BOUNDARY),
        (PART + content() + b"\r\n--b--\r\n", "multipart/form-data"),
        (PART + content() + b"\r\n--b--\r\n", "multipart/form-data; boundary=c"),
    ],
)
def test_it_refuses_a_form_that_was_cut_off(
    body: bytes, kind: str, as_sam: ApiClient, customer: Customer
) -> None:
    response = as_sam.generic("PUT", address(customer), body, content_type=kind)
    assert response.status_code == 400
    assert_nothing_happened(customer)


def test_it_takes_the_same_form_when_it_is_whole(as_sam: ApiClient, customer: Customer) -> None:
    body = PART + content() + b"\r\n--b--\r\n"
    response = as_sam.generic("PUT", address(customer), body, content_type=BOUNDARY)
    assert response.status_code == 200


def test_a_huge_request_is_refused_by_its_length(as_sam: ApiClient, customer: Customer) -> None:
    response = upload(as_sam, customer, bytes(6_000_001))
    assert response.status_code == 413
    assert_nothing_happened(customer)


@pytest.mark.usefixtures("undecoded")
def test_whom_nobody_knows_gets_no_photo(as_sam: ApiClient) -> None:
    response = upload(as_sam, Customer(pk=999999))
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert stored_files() == []


@pytest.mark.usefixtures("undecoded")
def test_nothing_is_decoded_for_another_version(as_sam: ApiClient, customer: Customer) -> None:
    response = upload(as_sam, customer, headers={"If-Match": '"9-9"'})
    assert response.status_code == 412
    assert_nothing_happened(customer)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_changes_nothing_and_is_survived(
    reason: int, as_sam: ApiClient, customer: Customer
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(reason, os.strerror(reason))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        response = upload(as_sam, customer)
        assert response.status_code == 507
        assert int(response.headers["Retry-After"]) > 0
        assert response.json()["code"] == "storage_full"
        assert_nothing_happened(customer)
        assert as_sam.get("/api/v1/customers").status_code == 200
    assert upload(as_sam, customer).status_code == 200
    assert colour(as_sam.get(address(customer))) == "red"


@pytest.mark.every_database
def test_an_hour_has_120_uploads_for_each_person(
    as_user: Callable[[User], ApiClient], sam: User, sue: User, customer: Customer
) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        as_sam, as_sue = as_user(sam), as_user(sue)
        empty = {as_sam.put(address(customer), format="multipart").status_code for _ in range(119)}
        assert empty == {422}
        assert upload(as_sam, customer).status_code == 200
        refused = upload(as_sam, customer, content(colour="blue"))
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        assert upload(as_sue, customer).status_code == 200
        assert colour(as_sam.get(address(customer))) == "red"
    with time_machine.travel(noon + timedelta(hours=1, seconds=1), tick=False):
        assert upload(as_user(sam), customer, content(colour="blue")).status_code == 200
