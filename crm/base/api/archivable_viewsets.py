"""The base of the viewsets whose records are archived instead of deleted."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.parameters import flag
from crm.base.api.viewsets import RecordViewSet


class ArchivableViewSet(RecordViewSet):
    """A viewset whose DELETE archives; ``?confirm=true`` answers the 409 that asks to confirm."""

    parameters: ClassVar[Mapping[str, frozenset[str]]] = {"destroy": frozenset({"confirm"})}

    def destroy(self, request: Request, pk: str) -> Response:
        confirmed = flag(request.query_params, "confirm")
        self.get_object().archive(confirmed=confirmed)
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring an archived record back; 409 names a field whose value is taken meanwhile."""
        record = self.get_object()
        record.restore()
        return self.answer(record)
