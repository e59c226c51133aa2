"""What comes in and goes out of its users."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rest_framework import serializers

from crm.base.api.fields import Computed
from crm.base.api.inputs import EmailInput
from crm.base.api.plans import Row
from crm.base.text import validate_text
from crm.compat.console_crm.signed import Said
from crm.compat.fields import LenientSerializer
from customers.models import Customer

LONGEST_SEARCH = 200


def text(name: str, **options: Any) -> serializers.CharField:
    """Return the field for a text that the customer's field ``name`` keeps."""
    kept: Any = Customer._meta.get_field(name)
    return serializers.CharField(max_length=kept.max_length, validators=[validate_text], **options)


class NewUser(Said):
    nombre = text("name", source="name")
    apellidos = text("surname", source="surname")
    email = EmailInput(max_length=254)
    telefono = text("phone_as_given", source="phone", default="", allow_blank=True, allow_null=True)
    direccion = text("address", source="address", default="", allow_blank=True, allow_null=True)

    def validate(self, attrs: Row) -> Row:
        return {name: value or "" for name, value in attrs.items()}


class UserQuery(Said):
    email = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_SEARCH)
    nombre = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_SEARCH)


class CreatedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    usuarios_creados_hoy_con_esta_clave = serializers.IntegerField()
    limite_diario = serializers.IntegerField()


class Phone(Computed, serializers.CharField):
    def columns(self) -> Sequence[str]:
        return "phone", "phone_as_given"

    def compute(self, row: Row) -> str:
        return str(row["phone"] or row["phone_as_given"])


class UserFields(LenientSerializer):
    id = serializers.CharField(read_only=True)
    nombre = serializers.CharField(source="name")
    apellidos = serializers.CharField(source="surname")
    telefono = Phone()
    direccion = serializers.CharField(source="address")
    fecha_registro = serializers.DateTimeField(source="registered_at")
    fecha_creacion = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Customer
        fields: ClassVar = [
            *("id", "nombre", "apellidos", "email", "telefono", "direccion"),
            *("fecha_registro", "fecha_creacion"),
        ]
