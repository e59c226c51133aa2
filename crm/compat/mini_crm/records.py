"""What its users, clients and leads have in common."""

from io import BytesIO
from typing import Any, ClassVar

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.archivable_viewsets import ArchivableViewSet
from crm.base.api.parsers import StrictJSONParser, bounded
from crm.base.querysets import RecordQuerySet
from crm.compat.answers import Answer
from crm.compat.fields import InvalidAddress
from crm.compat.mini_crm.ids import IDS, POSITIVE
from crm.compat.views import ServiceEndpoint

NEWEST = ("-created_at", "-id")


def positive(text: str) -> int:
    """Return the number that an address has; raises ``InvalidAddress``."""
    try:
        number: int = POSITIVE.run_validation(text)
    except ValidationError as error:
        raise InvalidAddress({"id": error.detail}) from error
    return number


class NullIsNothing(StrictJSONParser):
    """Takes ``null`` for an object without members: the page sends it to unassign."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = bounded(stream)
        is_null = body.strip() == b"null"
        return {} if is_null else super().parse(BytesIO(body), media_type, parser_context)


class Records(ServiceEndpoint, ArchivableViewSet):
    """Records that clients know by numbers of their own; ``kind`` says whose numbers."""

    kind: ClassVar[str] = ""
    parser_classes: Any = (NullIsNothing,)
    order: ClassVar[tuple[str, ...]] = NEWEST

    def named(self) -> Q:
        return Q(pk=IDS.record(self.kind, positive(self.kwargs["pk"])))

    def window(self, records: RecordQuerySet[Any], asked: dict[str, Any]) -> Response:
        """Answer the part asked for of those of ``records`` that fit the rest of ``asked``."""
        skip, limit = asked.pop("skip", 0), asked.pop("limit")
        chosen = records.filter(**asked).order_by(*self.order)[skip : skip + limit]
        return Response(IDS.told(list(self.serializer().rows(chosen))))

    def row(self, records: RecordQuerySet[Any]) -> dict[str, Any]:
        """Return the only one of ``records``; raises the 404 of what is only read."""
        row = next(self.serializer().rows(records.order_by()[:1]), None)
        if row is None:
            raise NotFound(code="absent")
        return row

    def shown(self, record: Any, status: int = 200) -> Response:
        return Response(IDS.told(self.serializer().to_representation(record)), status)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(IDS.told(self.row(self.get_queryset().filter(self.named()))))

    def create(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self.shown(form.save(), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        form = self.get_serializer(self.get_object(), data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        return self.shown(form.save())

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Archive it: what points to it stays."""
        self.get_object().archive(confirmed=True)
        return Response(status=204)


def missing(name: str) -> dict[str, Answer]:
    """Return the 404s of records called ``name``: a text to who reads, an object to who writes."""
    message = f"{name} with identifier '{{pk}}' not found"
    detail = {"status": "error", "message": message, "identifier": "{pk}"}
    return {"absent": (404, f"{name} not found"), "not_found": (404, detail)}
