"""Uploads, and what is left of them."""

from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections
from PIL import Image

from crm.tests.clients import ApiClient
from customers.models import Customer


def content(kind: str = "PNG", colour: str = "red", size: tuple[int, int] = (40, 20)) -> bytes:
    """Return an image file of one colour."""
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


def file(body: bytes | None = None, name: str = "face.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content() if body is None else body, "image/png")


def address(customer: Customer) -> str:
    return f"/api/v1/customers/{customer.pk}/photo"


def upload(client: ApiClient, customer: Customer, body: bytes | None = None, **extra: Any) -> Any:
    """Send ``body`` (default: a small PNG) as the customer's photo."""
    return client.put(address(customer), {"photo": file(body)}, format="multipart", **extra)


def shown(response: Any) -> Image.Image:
    """Return the picture that was answered."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/webp"
    return Image.open(BytesIO(b"".join(response.streaming_content)))


def close(response: Any) -> None:
    """End a response that nobody read; as the test client does, keep the database open."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def colour(response: Any) -> str:
    """Return which of red, green and blue the picture shows most of."""
    pixel: Any = shown(response).convert("RGB").getpixel((5, 5))
    return max(zip(pixel, ("red", "lime", "blue"), strict=True))[1]


def stored_files() -> list[Path]:
    """Return every file of the tests' own upload directory."""
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
