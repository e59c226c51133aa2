"""The feed of the audit trail over the API."""

from typing import ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from audit.feed import FeedPage
from audit.questions import PAGING, PARAMETERS, QuestionForm
from audit.serializers import FeedSerializer, described
from audit.tables import Question, tables
from crm.base.api.filters import first_error
from crm.base.api.refusals import BadRequest
from crm.base.api.views import Endpoint
from crm.base.trail.history_schema import HistoryEntrySerializer

VIEW = "audit.view_trail"


class AuditLogViewSet(ViewSetMixin, Endpoint):
    """Every change of every record, and the security events."""

    verbs: ClassVar = {"feed": VIEW, "entry": VIEW}
    parameters: ClassVar = {"feed": PARAMETERS | PAGING}

    @extend_schema(operation_id="audit_logs", parameters=described(), responses=FeedSerializer)
    def feed(self, request: Request) -> Response:
        """Who changed what, from where, from what to what; the newest first."""
        page = FeedPage(asked(request), request.user, request.query_params)
        return Response(page.answer(request.path, page.entries))

    @extend_schema(operation_id="audit_logs_entry", responses=HistoryEntrySerializer)
    def entry(self, request: Request, pk: str) -> Response:
        """One entry of the feed."""
        name, _, number = pk.partition("-")
        table = tables().get(name)
        found = table.entries([int(number)], request.user) if table else {}
        if not found:
            raise Http404
        return Response(found[int(number)])


def asked(request: Request) -> Question:
    """Return what the query asks; raises 400 with the first value that is not valid."""
    form = QuestionForm(request.query_params)
    if not form.is_valid():
        first = first_error(form)
        raise BadRequest(first["detail"], field=first["field"], code="bad_value")
    return form.question()
