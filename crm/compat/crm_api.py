"""003, the CRM API: the registration form of a web shop. It speaks Russian."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.errors import Conflict
from crm.base.storing.unit_of_work import unit_of_work
from crm.compat.documentation import documented
from crm.compat.fields import LenientSerializer
from crm.compat.fixed import Fixed
from crm.compat.service import Service
from crm.compat.views import PublicEndpoint
from customers.models import Customer
from customers.registration import RATE_GROUP, register

NEEDED = {"required": True, "allow_null": False, "allow_blank": False}
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
SERVICE = Service(
    slug="crm-api",
    title="CRM API",
    description="Регистрация пользователей интернет-магазина.",
    answers={"taken:email": (400, "Пользователь с email {email} уже зарегистрирован")},
)


class Form(LenientSerializer):
    """What the shop's visitors say of themselves; a phone is never refused."""

    phone = serializers.CharField(max_length=25, required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = Customer
        fields = ["name", "email", "age", "gender", "country", "address", "phone"]
        extra_kwargs: ClassVar = {
            "name": {"max_length": 100},
            "email": {"max_length": 100} | NEEDED,
            "gender": {"max_length": 10, "allow_null": True},
            "country": {"allow_null": True},
            "address": {"max_length": 255, "allow_null": True},
        }


class RegisteredSerializer(Form):
    """The form as it was sent, and what became of it."""

    user_uuid = serializers.UUIDField(source="uuid", read_only=True)

    class Meta(Form.Meta):
        fields = ["id", "user_uuid", *Form.Meta.fields, "registered_at"]


class Register(PublicEndpoint):
    may_answer: ClassVar = ("taken:email",)
    rates: ClassVar = {"post": settings.REGISTRATION_RATE}
    rate_group = RATE_GROUP
    replayable = False
    in_unit_of_work = False  # that somebody tried an email again is noted, though it is refused

    @extend_schema(request=Form, responses={201: RegisteredSerializer})
    def post(self, request: Request) -> Response:
        """Register a customer; the email must be new. Limited by address."""
        form = Form(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        values = {name: value for name, value in form.validated_data.items() if value is not None}
        customer = unit_of_work(lambda: register(values))
        if customer is None:
            raise Conflict(code="taken", fields={"email": Conflict.detail})
        return Response(told(customer, form.initial_data, values.get("age")), status=201)


def told(customer: Customer, sent: Mapping[str, Any], age: int | None) -> dict[str, Any]:
    """Return the answer: everything as it was sent, whatever spelling is stored."""
    return {
        "id": customer.pk,
        "user_uuid": customer.uuid,
        **{name: None if sent.get(name) is None else str(sent[name]) for name in Form.Meta.fields},
        "age": age,
        "registered_at": customer.registered_at.astimezone(UTC).strftime(MOMENT),
    }


urlpatterns = documented(
    SERVICE,
    SERVICE.at("register", Register),
    SERVICE.at("health", Fixed, body={"status": "healthy", "service": "CRM API"}),
    SERVICE.at("", Fixed, body={"service": "crm_api"}),
)
