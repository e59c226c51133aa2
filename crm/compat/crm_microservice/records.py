"""What its leads, actions and processes have in common."""

from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.views import Endpoint
from crm.compat import arrays
from crm.compat.crm_microservice.fields import IDS
from crm.compat.fields import InvalidAddress, Query
from crm.compat.openapi import ServiceSchema
from crm.compat.views import ServiceEndpoint

NUMBER = serializers.IntegerField()


class Deleted(serializers.Serializer[Any]):
    message = serializers.CharField()


class RecordSchema(ServiceSchema):
    """What is created is answered with 200, and so is what is deleted."""

    def get_response_serializers(self) -> Any:
        if self.method == "DELETE":
            return {"200": Deleted}
        found = super().get_response_serializers()
        return {"200": found} if self.method == "POST" else found


class Records(ServiceEndpoint):
    """Records by their numbers: the API's own sign-in, plain arrays, 200 for what is created."""

    authentication_classes: Any = Endpoint.authentication_classes
    schema: Any = RecordSchema()
    kind: ClassVar[str]
    # What a deletion is answered with.
    deleted: ClassVar[str]

    def named(self: Any) -> Q:
        """Return which record the address names; raises ``InvalidAddress`` for no number."""
        try:
            number = NUMBER.run_validation(self.kwargs["pk"])
        except ValidationError as error:
            raise InvalidAddress({f"{self.kind}_id": error.detail}) from error
        return Q(pk=IDS.record(self.kind, number))

    def answer(self: Any, record: Any, status: int = 200) -> Response:
        return Response(self.serializer().to_representation(record))

    def listed(self: Any, query: type[Query]) -> Any:
        """Answer every record that ``query`` leaves, oldest first."""
        asked = {name: value for name, value in query.of(self).items() if value not in (None, "")}
        records = self.get_queryset().filter(**asked)
        pieces = (
            list(self.serializer().rows(records.filter(pk__in=pks).order_by("pk")))
            for pks in arrays.batches(records)
        )
        return arrays.answer(pieces)

    def create(self: Any, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        answer: Response = self.answer(form.save())
        return answer

    def retrieve(self: Any, request: Request, pk: Any) -> Response:
        found = self.serializer().rows(self.get_queryset().filter(self.named()).order_by())
        row = next(found, None)
        if row is None:
            raise Http404
        return Response(row)

    def partial_update(self: Any, request: Request, pk: Any) -> Response:
        """Change the fields sent: some, or all as they were answered."""
        form = self.get_serializer(self.get_object(), data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        answer: Response = self.answer(form.save())
        return answer

    def destroy(self: Any, request: Request, pk: Any) -> Response:
        self.end(self.get_object())
        return Response({"message": self.deleted})

    def end(self, record: Any) -> None:
        record.delete()
