"""Its processes, which are ours."""

from typing import Any, ClassVar

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from crm.base.api.plans import Row
from crm.base.querysets import RecordQuerySet
from crm.compat.answers import Answers
from crm.compat.crm_microservice.actions import NOT_FOUND as NO_ACTION
from crm.compat.crm_microservice.fields import (
    ACTION,
    IDS,
    LEAD,
    PROCESS,
    Fields,
    Moment,
    Reference,
    Text,
    Word,
)
from crm.compat.crm_microservice.leads import NOT_FOUND as NO_LEAD
from crm.compat.crm_microservice.records import Records
from crm.compat.fields import Query
from crm.compat.ids import Id
from leads.models import Action, Lead, Process, ProcessStatus
from leads.moments import validate_year
from leads.next_step import LONGEST_NAME
from leads.step_views import ProcessViewSet


class ProcessFields(Fields):
    id = Id(PROCESS)
    name = Text()
    lead_id = Reference(
        LEAD, source="lead", queryset=Lead.objects.live(), required=False, allow_null=True
    )
    channel = Text()
    last_action_id = Reference(
        ACTION,
        source="last_action",
        queryset=Action.objects.all(),
        required=False,
        allow_null=True,
    )
    next_followup_datetime = Moment(source="next_followup_at", validators=[validate_year])
    status = Word(ProcessStatus.choices, required=False)

    class Meta:
        model = Process
        fields: ClassVar = [
            *("id", "name", "lead_id", "channel", "last_action_id", "next_followup_datetime"),
            "status",
        ]

    def validate(self, attrs: Row) -> Row:
        """Keep the name of one that has none now; a new one is named after its lead."""
        if "channel" in attrs:
            attrs["channel"] = attrs["channel"] or ""
        if not attrs.get("name"):
            about = attrs.get("lead") or Process._meta.verbose_name
            attrs["name"] = self.instance.name if self.instance else str(about)[:LONGEST_NAME]
        return attrs


class ProcessesQuery(Query):
    status = Word(ProcessStatus.choices, required=False, allow_blank=True)
    lead_id = serializers.IntegerField(required=False)

    def validate_lead_id(self, number: int) -> int:
        """Return the record's number; 0, which none has, where nobody knows it."""
        return IDS.record(LEAD, number) or 0


class Processes(Records, ProcessViewSet):
    serializer_class: Any = ProcessFields
    kind = PROCESS
    names: ClassVar = {"lead": "lead_id", "last_action": "last_action_id"}
    deleted = "Process deleted"
    answers: ClassVar[Answers] = {
        "not_found": (404, "Process not found"),
        "does_not_exist:lead_id": NO_LEAD,
        "does_not_exist:last_action_id": NO_ACTION,
    }
    may_answer: ClassVar = ("does_not_exist:lead_id",)

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Leave out what was planned with leads that are deleted."""
        return super().get_queryset().filter(Q(lead=None) | Q(lead__archived_at=None))

    @extend_schema(parameters=[ProcessesQuery])
    def list(self, request: Request) -> Any:
        """Every process, oldest first."""
        return self.listed(ProcessesQuery)
