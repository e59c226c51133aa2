"""The base of every record's viewset: a subclass declares, it does not program."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from crm.base.api import etags, filters
from crm.base.api.histories import history_answer
from crm.base.api.openapi import PagedList
from crm.base.api.pagination import PARAMETERS, Page
from crm.base.api.refusals import BadRequest
from crm.base.api.routes import address_without_key
from crm.base.api.serializers import RecordSerializer
from crm.base.api.views import UNSAFE_METHODS, Endpoint
from crm.base.querysets import RecordQuerySet
from crm.base.trail.history_schema import HistoryEntrySerializer

LIST = PARAMETERS | {"search", "ordering"}


class RecordViewSet(ViewSetMixin, Endpoint, GenericAPIView[Any]):
    """Lists, reads, creates, changes and tells the history of one model's records.

    A subclass names ``queryset``, ``serializer_class``, ``filterset_class`` and ``orderings``.
    """

    queryset: Any
    serializer_class: type[RecordSerializer]
    filterset_class: ClassVar[type[filters.RecordFilter]] = filters.RecordFilter
    # What ``?ordering=`` may name, and the columns each sorts by, the last one unique.
    orderings: ClassVar[Mapping[str, tuple[str, ...]]] = {"id": ("id",)}
    default_ordering: ClassVar[str] = "-id"
    # What an action needs beyond crm.base.api.permissions.VERBS.
    verbs: ClassVar[Mapping[str, str]] = {}
    # The actions that must say in If-Match which version they are about.
    matched: ClassVar[frozenset[str]] = frozenset()
    filter_backends = (filters.StrictFilterBackend,)
    pagination_class = PagedList
    lookup_value_regex = r"[0-9]{1,18}"
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    @property
    def model(self) -> Any:
        return self.queryset.model

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Return what the actor may see: the only door to the rows."""
        visible: RecordQuerySet[Any] = self.queryset.all().visible_to(self.request.user)
        return visible

    def known_parameters(self) -> frozenset[str]:
        if self.verb == "list":
            known = super().known_parameters() | LIST | self.filterset_class.parameters()
            return known if self.model.searchable else known - {"search"}
        return super().known_parameters() | (PARAMETERS if self.verb == "history" else frozenset())

    def named(self) -> Q:
        """Return what finds the record that the address names."""
        return Q(pk=self.kwargs["pk"])

    def get_object(self) -> Any:
        """Return the record, locked until the unit of work ends when the request will write."""
        records, writes = self.get_queryset(), self.request.method in UNSAFE_METHODS
        if writes:
            # Not the key: else whoever has modified_by or a lead point here would wait.
            records = records.select_for_update(of=("self",), no_key=True)
        record = records.filter(self.named()).first()
        if record is None:
            raise Http404
        if writes:
            required = self.verb in self.matched
            etags.check_match(self.request, record.pk, record.version, required=required)
        return record

    def serializer(self) -> RecordSerializer:
        return self.serializer_class.answering(self.get_serializer_context())

    def answer(self, record: Any, status: int = 200) -> Response:
        """Return ``record`` as its serializer shows it, with its entity tag."""
        headers = {"ETag": etags.etag(record.pk, record.version)}
        if status == 201:
            headers["Location"] = f"{address_without_key(f'{self.basename}-detail')}{record.pk}"
        return Response(self.serializer().to_representation(record), status, headers=headers)

    def ordering(self) -> list[str]:
        name = self.request.query_params.get("ordering") or self.default_ordering
        columns = self.orderings.get(name.removeprefix("-"))
        if columns is None:
            known = ", ".join(self.orderings)
            message = _("ordering is one of %(known)s, with - in front for descending.")
            raise BadRequest(message % {"known": known}, field="ordering")
        sign = "-" if name.startswith("-") else ""
        return [f"{sign}{column}" for column in columns]

    def narrowed(self) -> RecordQuerySet[Any]:
        """Return the visible records that the query's filters and search leave."""
        query = self.request.query_params
        queryset: Any = self.filter_queryset(self.get_queryset())
        text = query.get("search", "").strip()
        narrowed: RecordQuerySet[Any] = queryset.search(text) if text else queryset
        return narrowed

    def list(self, request: Request) -> Response:
        page = Page(self.narrowed(), self.ordering(), request.query_params)
        return Response(page.answer(request.path, self.serializer().rows))

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.single(self.get_queryset().filter(pk=pk))

    def single(self, records: RecordQuerySet[Any]) -> Response:
        """Return the only one of ``records``, which a unique value was asked for; 404 for none."""
        row = next(self.serializer().rows(records.order_by(), by_key=True), None)
        if row is None:
            raise Http404
        return Response(row, headers={"ETag": etags.etag(row["id"], row["version"])})

    def saves_one_record(self) -> bool:
        plain = type(self).create is RecordViewSet.create
        return self.verb == "create" and plain and self.serializer_class.creates_plainly()

    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.answer(serializer.save(), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        record = self.get_object()
        serializer = self.get_serializer(record, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return self.answer(serializer.save())

    @extend_schema(responses=HistoryEntrySerializer(many=True), filters=False)
    @action(detail=True)
    def history(self, request: Request, pk: str) -> Response:
        """Who changed what, newest first."""
        record = self.get_object()
        return Response(history_answer(record, request.user, request.query_params, request.path))
