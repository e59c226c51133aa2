"""Addresses that always say the same."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from crm.compat.views import PublicEndpoint


class Fixed(PublicEndpoint):
    """Answers ``body``: ``SERVICE.at("health", Fixed, body={"status": "OK"})``."""

    body: ClassVar[Mapping[str, Any]] = {}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Tells that the service answers."""
        return Response(self.body)
