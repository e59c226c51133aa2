"""Its clients, which are our customers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import SkipField

from crm.base.api.fields import FromColumns
from crm.compat.ids import Id
from crm.compat.mini_crm.fields import Fields
from customers.models import Customer

NAME: Any = Customer._meta.get_field("name")


class FullName(FromColumns, serializers.CharField):
    """Name and surname in one; what is sent back unchanged changes neither."""

    def columns(self) -> Sequence[str]:
        return "name", "surname"

    def compute(self, row: dict[str, Any]) -> str:
        return f"{row['name']} {row['surname']}".strip()

    def to_internal_value(self, data: Any) -> str:
        text: str = NAME.to_python(super().to_internal_value(data))
        customer = getattr(self.parent, "instance", None)
        if customer and text == self.compute({n: getattr(customer, n) for n in self.columns()}):
            raise SkipField
        return text


class ClientFields(Fields):
    """A client: a person, or a company with somebody to talk to."""

    id = Id("client")
    contact_name = FullName(source="name", validators=NAME.validators)

    class Meta:
        model = Customer
        fields: ClassVar = [
            *("id", "client_type", "contact_name", "company_name", "phone", "email"),
            *("instagram", "address", "country", "created_at", "updated_at"),
        ]
        extra_kwargs: ClassVar = {"client_type": {"required": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"surname": ""} if "name" in attrs else attrs
