"""Its customers' fields: the ``id`` is our ``external_id``, or the uuid of one without it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.base.api.fields import Computed, FromColumns
from crm.base.links import absolute
from crm.compat.fields import LenientSerializer
from crm.compat.the_crm_service.records import Moment
from customers.models import Customer
from customers.photos import signed_link


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def known_as(text: str) -> Q:
    """Return what finds the customer that the service's clients know as ``text``."""
    named, uuid = Q(external_id=text), as_uuid(text)
    return named | Q(uuid=uuid) if uuid else named


class Identifier(FromColumns, serializers.CharField):
    def columns(self) -> Sequence[str]:
        return "external_id", "uuid"

    def compute(self, row: dict[str, Any]) -> str:
        return row["external_id"] or str(row["uuid"])


class PhotoAddress(FromColumns, serializers.URLField):
    """The picture uploaded, as a link for an hour; else the address that was given."""

    def columns(self) -> Sequence[str]:
        return "id", "photo", "photo_url"

    def compute(self, row: dict[str, Any]) -> str | None:
        return signed_link(row["id"], row["photo"]) if row["photo"] else row["photo_url"] or None


@extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
class UserUuid(Computed):
    """Who did it; null when no user did."""

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.path = f"{self.source}__uuid"

    def columns(self) -> Sequence[str]:
        return (self.path,)

    def compute(self, row: dict[str, Any]) -> Any:
        return row[self.path]


class NewCustomer(LenientSerializer):
    id = Identifier(source="external_id", max_length=100)
    photo_url = PhotoAddress(required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = Customer
        fields = ["id", "name", "surname", "photo_url"]
        extra_kwargs: ClassVar = {"surname": {"required": True}}

    def to_internal_value(self, data: Mapping[str, Any]) -> Any:
        """Leave out a link of ours that a client sends back with the rest of the customer."""
        link = absolute(reverse("photo-link", args=["-"])).removesuffix("-")
        if str(data.get("photo_url", "")).startswith(link):
            data = {name: value for name, value in data.items() if name != "photo_url"}
        return super().to_internal_value(data)

    def validate_id(self, text: str) -> str:
        """Refuse what no address can name, and what is another customer's uuid."""
        parts = text.split("/")
        if {"", ".", ".."} & set(parts) or (len(parts) > 1 and parts[-1] == "photo"):
            raise serializers.ValidationError(_("No address can name this."), code="unreachable")
        own: Any = getattr(self.instance, "pk", None)
        others = Customer.objects.exclude(pk=own)
        uuid = as_uuid(text)
        if uuid and others.filter(uuid=uuid).exists():
            raise serializers.ValidationError(_("Another record has this value already."), "taken")
        return text

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One address shows one picture: another one takes the place of what was uploaded."""
        if "photo_url" in attrs:
            attrs |= {"photo_url": attrs["photo_url"] or "", "photo": None}
        return attrs


class CustomerSerializer(NewCustomer):
    dt_created = Moment(source="created_at", read_only=True)
    dt_updated = Moment(source="updated_at", read_only=True)
    dt_deleted = Moment(source="archived_at", allow_null=True)
    created_by_id = UserUuid(source="created_by")
    updated_by_id = UserUuid(source="modified_by")

    class Meta(NewCustomer.Meta):
        fields = [
            *NewCustomer.Meta.fields,
            *("dt_created", "dt_updated", "dt_deleted", "created_by_id", "updated_by_id"),
        ]
