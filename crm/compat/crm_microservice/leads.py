"""Its leads, which are ours."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from crm.base.api.plans import Row
from crm.base.errors import Conflict
from crm.base.storing.turns import wait_for_turn
from crm.compat.answers import Answers
from crm.compat.crm_microservice.fields import LEAD, Fields, Text, Word
from crm.compat.crm_microservice.records import Records
from crm.compat.fields import Query
from crm.compat.ids import Id
from leads.matching import duplicates
from leads.models import Lead, Status
from leads.querysets import LeadQuerySet
from leads.statuses import move
from leads.views import LeadViewSet

NOT_FOUND = (404, "Lead not found")
LONGEST_URL = 2000
ADDRESS: Any = Lead._meta.get_field("source_url")


class LeadFields(Fields):
    id = Id(LEAD)
    status = Word(Status.choices, required=False)
    url = Text(source="source_url", validators=ADDRESS.validators)

    class Meta:
        model = Lead
        fields: ClassVar = ["id", "name", "email", "status", "url"]
        needed: ClassVar = {"required": True, "allow_blank": False, "allow_null": False}
        extra_kwargs: ClassVar = {"name": needed, "email": needed}

    def to_internal_value(self, data: Row) -> Row:
        """Overlook that a lead known by its phone alone has no name or email to send back."""
        blank = [name for name in ("name", "email") if self.instance and not data.get(name)]
        missing = [name for name in blank if not getattr(self.instance, name)]
        said = {name: value for name, value in data.items() if name not in missing}
        values: Row = super().to_internal_value(said)
        return values

    def validate(self, attrs: Row) -> Row:
        """Refuse an email that a lead has which the caller may see; of two at once, one."""
        if "email" in attrs:
            wait_for_turn(f"lead {attrs['email']}")
            twin = Lead(pk=getattr(self.instance, "pk", None), email=attrs["email"])
            if duplicates(twin, self.context["request"].user).leads:
                raise Conflict(code="taken", fields={"email": Conflict.detail})
        if "source_url" in attrs:
            attrs["source_url"] = attrs["source_url"] or ""
        return attrs

    def create(self, validated_data: Row) -> Lead:
        status = validated_data.pop("status", Status.NEW)
        return _moved(super().create(validated_data), status)

    def update(self, instance: Lead, validated_data: Row) -> Lead:
        status = validated_data.pop("status", instance.status)
        return _moved(super().update(instance, validated_data), status)


def _moved(lead: Lead, status: str) -> Lead:
    if lead.status != status:
        move(lead, status)
    return lead


class LeadsQuery(Query):
    status = Word(Status.choices, required=False, allow_blank=True)
    url = serializers.CharField(
        source="source_url", required=False, allow_blank=True, max_length=LONGEST_URL
    )


class Leads(Records, LeadViewSet):
    serializer_class: Any = LeadFields
    kind = LEAD
    deleted = "Lead deleted"
    answers: ClassVar[Answers] = {
        "not_found": NOT_FOUND,
        "taken:email": (400, "A lead with this email already exists"),
    }
    may_answer: ClassVar = ("taken:email",)

    def get_queryset(self) -> LeadQuerySet:
        return cast("LeadQuerySet", super().get_queryset().live())

    @extend_schema(parameters=[LeadsQuery])
    def list(self, request: Request) -> Any:
        """Every lead that is not deleted, oldest first."""
        return self.listed(LeadsQuery)

    def end(self, record: Lead) -> None:
        record.archive(confirmed=True)
