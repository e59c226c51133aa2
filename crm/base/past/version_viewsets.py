"""What a viewset inherits whose records can be put back to what they were."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.viewsets import RecordViewSet
from crm.base.past.versions import differences, put_back
from crm.base.trail.timeline import told

VERSION = "history/(?P<history_id>[0-9]{1,18})"
NUMBER = OpenApiParameter("history_id", int, OpenApiParameter.PATH)


class VersionSerializer(serializers.Serializer[Any]):
    """An earlier version of a record, compared with what it is now: the fields that differ."""

    history_id = serializers.IntegerField()
    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    now = serializers.DictField()
    then = serializers.DictField()
    stays = serializers.DictField(
        child=serializers.CharField(),
        help_text=_("Why fields would stay as they are now; the others would come back."),
    )


class Versioned(RecordViewSet):
    """Compares a record with an earlier version, and puts it back to that."""

    @extend_schema(parameters=[NUMBER], responses=VersionSerializer)
    @action(detail=True, url_path=VERSION, pagination_class=None)
    def version(self, request: Request, pk: str, history_id: str) -> Response:
        """What was different then, and what of it ``restore`` would bring back."""
        record = self.get_object()
        version = self.version_of(record, history_id)
        found = differences(record, version, self.model.hidden_fields(request.user))
        return Response(
            {
                "history_id": version.history_id,
                "version": version.version,
                "at": version.history_date,
                "now": {one.name: one.now for one in found},
                "then": {one.name: one.then for one in found},
                "stays": {one.name: one.obstacle for one in found if one.obstacle},
            }
        )

    @extend_schema(parameters=[NUMBER], request=None)
    @action(detail=True, methods=["post"], url_path=f"{VERSION}/restore")
    def put_back(self, request: Request, pk: str, history_id: str) -> Response:
        """Put the record back to this version: a new change, by the rules and rights of today."""
        record = self.get_object()
        version = self.version_of(record, history_id)
        put_back(record, version, self.model.hidden_fields(request.user))
        return self.answer(record)

    def version_of(self, record: Any, history_id: str) -> Any:
        """Return the entry of the record's history; 404 for one that is not shown there."""
        entries = told(record, self.model.hidden_fields(self.request.user))
        version = entries.filter(history_id=history_id).first()
        if version is None:
            raise Http404
        return version
