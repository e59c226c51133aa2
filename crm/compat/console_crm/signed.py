"""What all of its addresses have in common: a key in a header, and values in a query or a body."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from accounts.key_auth import ApiKeyAuthentication
from accounts.key_text import API_KEY_HEADER
from crm.compat.answers import REQUIRED
from crm.compat.fields import InvalidQuery, Query
from crm.compat.openapi import ServiceSchema
from crm.compat.views import FORMS, ServiceEndpoint
from customers.models import Customer, CustomerQuerySet

HEADER = "x-api-key"
SEE_CUSTOMERS = "customers.view_customer"


class MissingHeader(ValidationError):
    place = "header"


def missing(names: list[str]) -> dict[str, list[ErrorDetail]]:
    return {name: [ErrorDetail(REQUIRED[0], code="required")] for name in names}


class Said(Query):
    """What a request says in its query and its body, whose word is the last.

    What is missing is told before what is wrong.
    """

    @classmethod
    def of(cls, view: Any) -> dict[str, Any]:
        """Return the valid values; raises ``ValidationError``."""
        query = {name: values[-1] for name, values in view.request.query_params.lists()}
        body = dict(view.request.data.items()) if view.request.method == "POST" else {}
        refusal = ValidationError if body else InvalidQuery
        form = cls(data={**query, **body}, context={"view": view})
        absent = [
            name
            for name, field in form.fields.items()
            if field.required and name not in form.initial_data
        ]
        if absent:
            raise refusal(missing(absent))
        if not form.is_valid():
            raise refusal(form.errors)
        values: dict[str, Any] = form.validated_data
        return values


class SignedSchema(ServiceSchema):
    def errors(self) -> set[int]:
        return super().errors() - {401} | {422}


class SignedEndpoint(ServiceEndpoint):
    """An endpoint for programs with a key in a header; a request without one is invalid (422)."""

    authentication_classes: Any = (ApiKeyAuthentication,)
    parser_classes: Any = FORMS
    schema: Any = SignedSchema()
    # What the key must be permitted beside what the action needs.
    needs: ClassVar[tuple[str, ...]] = ()

    def perform_authentication(self, request: Request) -> None:
        if API_KEY_HEADER not in request.META:
            raise MissingHeader(missing([HEADER]))
        super().perform_authentication(request)

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if not all(map(request.user.has_perm, self.needs)):
            raise PermissionDenied

    def known_customers(self) -> CustomerQuerySet:
        """Return the customers that the key may see."""
        user: Any = self.request.user
        return Customer.objects.all().visible_to(user)

    def customer_with(self, email: str) -> Customer | None:
        return self.known_customers().live().filter(email=email).first()
