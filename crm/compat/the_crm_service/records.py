"""What the service's customers and users have in common."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.fields import FromColumns
from crm.base.api.permissions import permission
from crm.base.querysets import RecordQuerySet
from crm.base.storing import tallies
from crm.compat.fields import LenientSerializer, Query
from crm.compat.views import ServiceEndpoint


class Moment(FromColumns, serializers.DateTimeField):
    """A time in UTC with ``+00:00``; what comes without a zone is UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, required=False, **options)

    def columns(self) -> Sequence[str]:
        return (str(self.source),)

    def compute(self, row: dict[str, Any]) -> str | None:
        moment: datetime | None = row[str(self.source)]
        return moment.astimezone(UTC).isoformat() if moment else None


class PageQuery(Query):
    only_actives = serializers.BooleanField(default=False)
    page = serializers.IntegerField(min_value=1, max_value=10**9, default=1)
    size = serializers.IntegerField(min_value=1, max_value=100, default=50)


def page_of(serializer: type[LenientSerializer]) -> Any:
    """Return the serializer that describes a page of what ``serializer`` shows."""
    numbers = {name: serializers.IntegerField() for name in ("total", "page", "size")}
    name = f"{serializer.__name__}Page"
    return inline_serializer(name, {"items": serializer(many=True), **numbers})


def page(view: Any, records: RecordQuerySet[Any], asked: dict[str, Any]) -> Response:
    """Answer the page asked for, oldest first; empty beyond the last one."""
    start = (asked["page"] - 1) * asked["size"]
    window = records.order_by("pk")[start : start + asked["size"]]
    items: Iterator[Any] = view.serializer().rows(window)
    return Response(
        {
            "items": list(items),
            "total": tallies.total(records),
            "page": asked["page"],
            "size": asked["size"],
        }
    )


class DeletableRecords(ServiceEndpoint):
    """Records that are deleted softly, by DELETE or by a PATCH of ``dt_deleted``."""

    kwargs: dict[str, Any]

    @extend_schema(responses={204: None})
    def partial_update(self: Any, request: Request, pk: str) -> Response:
        """Change the fields sent; ``dt_deleted`` deletes, and null brings back."""
        record = self.get_object()
        form = self.get_serializer(record, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        deleted = form.validated_data.pop("archived_at", record.archived_at)
        if record.archived_at and not deleted:
            self.require("restore")
            record.restore()
        form.save()
        if deleted and not record.archived_at:
            self.require("archive")
            record.archive(confirmed=True)
        return Response(status=204)

    def require(self: Any, verb: str) -> None:
        """Raise 403 unless the actor may do what a PATCH turned out to ask for."""
        if not self.request.user.has_perm(permission(self.model, verb)):
            raise PermissionDenied

    def destroy(self: Any, request: Request, pk: str) -> Response:
        """Delete softly; again changes nothing."""
        self.get_object().archive(confirmed=True)
        return Response(status=204)
