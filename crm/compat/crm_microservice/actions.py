"""Its actions, which are ours: each opens or moves the process of its lead."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from crm.base.api.plans import Row
from crm.base.querysets import RecordQuerySet
from crm.compat.answers import Answers
from crm.compat.crm_microservice.fields import ACTION, LEAD, Fields, Moment, Reference, Text
from crm.compat.crm_microservice.leads import NOT_FOUND as NO_LEAD
from crm.compat.crm_microservice.records import Records
from crm.compat.fields import Query
from crm.compat.ids import Id
from leads.models import Action, Lead
from leads.moments import validate_past, validate_year
from leads.step_views import ActionViewSet

NOT_FOUND = (404, "Action not found")


class ActionFields(Fields):
    """``description`` is another name of ``details``."""

    id = Id(ACTION)
    lead_id = Reference(LEAD, source="lead", queryset=Lead.objects.live())
    details = Text()
    description = Text(source="details")
    timestamp = Moment(source="occurred_at", validators=[validate_year, validate_past])

    class Meta:
        model = Action
        fields: ClassVar = ["id", "lead_id", "action_type", "details", "description", "timestamp"]

    def to_internal_value(self, data: Row) -> Row:
        """Take the text under either name: of two, the one that is new."""
        kept = getattr(self.instance, "details", None)
        given = [data[name] for name in ("details", "description") if data.get(name) is not None]
        others = {name: data[name] for name in data if name not in ("details", "description")}
        text = next((one for one in given if one != kept), kept)
        values: Row = super().to_internal_value({**others, "details": text} if given else others)
        return {name: value for name, value in values.items() if value is not None}


class ActionsQuery(Query):
    action_type = serializers.CharField(required=False, allow_blank=True, max_length=1000)

    def validate_action_type(self, word: str) -> str:
        return Action.canonical_type(word)


class Actions(Records, ActionViewSet):
    serializer_class: Any = ActionFields
    kind = ACTION
    names: ClassVar = {"lead": "lead_id"}
    deleted = "Action deleted"
    answers: ClassVar[Answers] = {"not_found": NOT_FOUND, "does_not_exist:lead_id": NO_LEAD}
    may_answer: ClassVar = ("does_not_exist:lead_id",)

    def get_queryset(self) -> RecordQuerySet[Any]:
        """Leave out what was done about leads that are deleted."""
        return super().get_queryset().filter(lead__archived_at=None)

    @extend_schema(parameters=[ActionsQuery])
    def list(self, request: Request) -> Any:
        """Every action, oldest first."""
        return self.listed(ActionsQuery)
