"""The public door: a web shop's form registers a customer."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.views import Endpoint
from customers.registration import RATE_GROUP, register
from customers.serializers import AcceptedSerializer, RegistrationSerializer


class RegisterView(Endpoint):
    """Answers the same whether or not the customer is known: the form is anybody's."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    rates: ClassVar = {"post": settings.REGISTRATION_RATE}
    rate_group = RATE_GROUP
    replayable = False
    serializer_class: ClassVar[Any] = RegistrationSerializer

    @extend_schema(operation_id="register", responses={202: AcceptedSerializer})
    def post(self, request: Request) -> Response:
        """Register as a customer. Limited by address; an address known already changes nothing."""
        form = RegistrationSerializer(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        register(form.validated_data)
        return Response({"status": "accepted"}, status=202)
