"""Who gets to see a photo: those who see the customer, and whoever holds a link for an hour."""

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.http import FileResponse, Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field

from crm.base.api.fields import Computed
from crm.base.links import absolute
from crm.base.photo_files import photo_path
from crm.base.private_files import private_file
from customers.models import Customer

LINK_SECONDS = 3600
THUMBNAIL = "thumbnail"
_signer = signing.TimestampSigner(salt="customers.photo")


def signed_link(pk: int, digest: str) -> str:
    """Return an address that shows the photo for an hour, to a browser without a token."""
    token = _signer.sign(f"{pk}-{digest[:16]}")
    return absolute(reverse("photo-link", args=[token]))


def customer_of(token: str) -> Customer:
    """Return the customer whose photo ``token`` shows; raises ``Http404``."""
    try:
        pk, _dash, start = _signer.unsign(token, max_age=LINK_SECONDS).partition("-")
    except signing.BadSignature as error:
        raise Http404 from error
    customer = Customer.objects.filter(pk=pk, photo__startswith=start).first()
    if customer is None:
        raise Http404
    return customer


def photo_response(customer: Customer, *, thumbnail: bool) -> FileResponse:
    """Answer with the picture, whose type and name are ours and which can run nothing."""
    if not customer.photo:
        raise Http404
    name = f"customer-{customer.pk}.webp"
    return private_file(photo_path(customer.photo, thumbnail), "image/webp", name)


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "required": ["url", "thumbnail_url"],
        "properties": {
            "url": {"type": "string", "format": "uri-reference"},
            "thumbnail_url": {"type": "string", "format": "uri-reference"},
        },
    }
)
class PhotoField(Computed):
    """``{"url", "thumbnail_url"}``, links for an hour; null without a photo."""

    def columns(self) -> Sequence[str]:
        return "id", "photo"

    def compute(self, row: dict[str, Any]) -> dict[str, str] | None:
        if not row["photo"]:
            return None
        url = signed_link(row["id"], row["photo"])
        return {"url": url, "thumbnail_url": f"{url}?size={THUMBNAIL}"}

    def parts(self) -> Sequence[str]:
        """Leave it out of files: they are kept longer than links hold."""
        return ()
