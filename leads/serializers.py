from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from crm.base import as_of
from crm.base.api.bodies import Body
from crm.base.api.fields import Choice, Computed, PersonField, SummaryField, VisibleRelatedField
from crm.base.api.serializers import RecordSerializer
from customers.models import Customer
from leads.choices import Status
from leads.models import Action, Lead, Process
from leads.statuses import LONGEST_REASON

TIMES = ("created_at", "created_by", "updated_at", "modified_by")


class CustomerField(SummaryField):
    """A customer as ``{"id": 7, "name": "Acme"}``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(shown=("name", "surname", "company_name"), **options)

    def names(self) -> list[str]:
        return ["name"]

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        name, surname, company = super().told(row).values()
        return {"name": company or f"{name} {surname}".strip()}


class LeadSerializer(RecordSerializer):
    """A lead; its status is moved at its own address."""

    customer = CustomerField(queryset=Customer.objects.all(), required=False, allow_null=True)
    assigned_to = SummaryField(
        shown=["username"], queryset=User.objects.all(), required=False, allow_null=True
    )
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = Lead
        fields: ClassVar = [
            *("id", "customer", "name", "email", "phone", "instagram", "channel", "status"),
            *("expected_value", "currency", "source_url", "admin_notes", "sales_notes"),
            *("assigned_to", "status_changed_at", "touched_at", *TIMES, "archived_at", "version"),
        ]
        read_only_fields = ["status"]


class ActionSerializer(RecordSerializer):
    lead = SummaryField(shown=["name", "email", "phone"], queryset=Lead.objects.all())
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = Action
        fields = ["id", "lead", "action_type", "details", "occurred_at", *TIMES, "version"]


@extend_schema_field(OpenApiTypes.BOOL)
class OverdueField(Computed):
    """Whether it should have been done by now."""

    def columns(self) -> tuple[str, str]:
        return "next_followup_at", "status"

    def compute(self, row: dict[str, Any]) -> bool:
        when = row["next_followup_at"]
        return bool(when and when < as_of.now() and row["status"] != "completed")


class ProcessSerializer(RecordSerializer):
    lead = SummaryField(
        shown=["name", "email", "phone"],
        queryset=Lead.objects.all(),
        required=False,
        allow_null=True,
    )
    assigned_to = PersonField(source="owner")
    overdue = OverdueField()
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = Process
        fields = [
            *("id", "lead", "name", "channel", "last_action", "next_followup_at", "status"),
            *("overdue", "assigned_to", *TIMES, "version"),
        ]


class LatestActionSerializer(RecordSerializer):
    created_by = PersonField()

    class Meta:
        model = Action
        fields = ["id", "action_type", "details", "occurred_at", "created_by"]


class LeadDetailSerializer(LeadSerializer):
    """A lead, and the last that was done about it, the newest first."""

    latest_actions = LatestActionSerializer(many=True, read_only=True)

    class Meta(LeadSerializer.Meta):
        fields: ClassVar = [*LeadSerializer.Meta.fields, "latest_actions"]


class SameLeadSerializer(RecordSerializer):
    class Meta:
        model = Lead
        fields = ["id", "name", "email", "phone", "status"]


class SameCustomerSerializer(RecordSerializer):
    class Meta:
        model = Customer
        fields = ["id", "name", "surname", "company_name", "email", "phone"]


class DuplicatesSerializer(serializers.Serializer[Any]):
    """Who has the same email or phone, of those whom the asker may see."""

    leads = SameLeadSerializer(many=True)
    customers = SameCustomerSerializer(many=True)


class NewLeadSerializer(LeadSerializer):
    """A lead just entered, and who it may be twice."""

    duplicates = DuplicatesSerializer(read_only=True)

    class Meta(LeadSerializer.Meta):
        fields: ClassVar = [*LeadSerializer.Meta.fields, "duplicates"]


class MoveBody(Body):
    status = Choice(choices=Status.choices)
    reason = serializers.CharField(
        max_length=LONGEST_REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Needed to discard a lead."),
    )


class AssignBody(Body):
    assigned_to = VisibleRelatedField(
        queryset=User.objects.all(), allow_null=True, help_text=_("Null for nobody.")
    )


class ConvertBody(Body):
    customer = VisibleRelatedField(
        queryset=Customer.objects.all(),
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Who it is, where email and phone leave that open."),
    )
    new_customer = serializers.BooleanField(
        default=False, help_text=_("Even if somebody archived has the email or phone.")
    )
