"""API keys over the API, for administrators."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import ApiKeyFilter
from accounts.key_serializers import (
    ApiKeySerializer,
    IssuedApiKeySerializer,
    UsedApiKeySerializer,
)
from accounts.models import ApiKey, ApiKeyUse
from crm.base.api.viewsets import RecordViewSet


@extend_schema_view(
    create=extend_schema(responses={201: IssuedApiKeySerializer}),
    retrieve=extend_schema(responses=UsedApiKeySerializer),
)
class ApiKeyViewSet(RecordViewSet):
    """API keys; DELETE revokes one for good."""

    queryset = ApiKey.objects.all()
    serializer_class = ApiKeySerializer
    filterset_class = ApiKeyFilter
    orderings: ClassVar = {"id": ("id",), "name": ("name",)}
    verbs: ClassVar = {"rotate": "change", "destroy": "change"}
    replayable = False

    def answer(self, record: Any, status: int = 200) -> Response:
        """Return the record; with the key, when this request made it."""
        response = super().answer(record, status)
        if record.secret:
            response.data["key"] = record.secret
        return response

    def retrieve(self, request: Request, pk: str) -> Response:
        response = super().retrieve(request, pk)
        response.data["use"] = ApiKeyUse.last_days(int(pk))
        return response

    @extend_schema(request=None, responses=IssuedApiKeySerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Replace the key at once; the answer shows the new one, this once."""
        record = self.get_object()
        record.rotate()
        return self.answer(record)

    def destroy(self, request: Request, pk: str) -> Response:
        self.get_object().revoke()
        return Response(status=204)
