"""How the feed reads, for the API's description."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from audit.tables import field_names, tables
from crm.base.api.pagination import MAX_PAGE_SIZE, PAGE_SIZE
from crm.base.readable import SOURCES
from crm.base.trail.differences import ACTIONS
from crm.base.trail.event_kinds import KINDS
from crm.base.trail.history_schema import HistoryEntrySerializer

SIZE = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}


class FeedSerializer(serializers.Serializer[Any]):
    """A page of the feed. It is not counted: that would take longer than to read it."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = HistoryEntrySerializer(many=True)


def described() -> list[OpenApiParameter]:
    """Return the parameters of the feed."""
    actions = [*ACTIONS, *KINDS]
    return [
        OpenApiParameter("table", str, enum=list(tables()), description="Of which records."),
        OpenApiParameter("record", int, description="The record's number; best with its table."),
        OpenApiParameter("user", int, description="The number of whoever did it."),
        OpenApiParameter("key", int, description="The number of the API key that did it."),
        OpenApiParameter("action", str, enum=actions, description="Or kind of security event."),
        OpenApiParameter("source", str, enum=list(SOURCES)),
        OpenApiParameter("request_id", str, description="What one request did."),
        OpenApiParameter(
            "changed", str, enum=field_names(), description="A field that a change was about."
        ),
        OpenApiParameter("from", OpenApiTypes.DATETIME, description="Inclusive."),
        OpenApiParameter("to", OpenApiTypes.DATETIME, description="Inclusive."),
        OpenApiParameter("cursor", str, description="From next or previous."),
        OpenApiParameter("page_size", SIZE),
    ]
