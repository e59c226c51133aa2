"""How numbers and histories of leads read, for the API's description."""

from typing import Any

from rest_framework import serializers

from crm.base.trail.history_schema import HistoryUserSerializer
from leads.choices import Channel, Status
from leads.status_history import Stay


class StaySerializer(serializers.Serializer[Any]):
    """A time that a lead was in one status; the present one has no end yet."""

    status = serializers.ChoiceField(choices=Status.choices)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    seconds = serializers.IntegerField()
    user = HistoryUserSerializer()
    reason = serializers.CharField(allow_blank=True)


def shown(stay: Stay) -> dict[str, Any]:
    """Return ``stay`` as ``StaySerializer`` describes it."""
    return {
        "status": stay.status,
        "since": stay.since,
        "until": stay.until,
        "seconds": int(stay.lasted.total_seconds()),
        "user": stay.user,
        "reason": stay.reason,
    }


class ByStatusSerializer(serializers.Serializer[Any]):
    """A number for every status, zero included."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField() for name in Status.values}


class ByChannelSerializer(serializers.Serializer[Any]):
    """A number for every channel, zero included."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField() for name in Channel.values}


class ByAssigneeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(allow_null=True, help_text="Null: assigned to nobody.")
    username = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class ConversionSerializer(serializers.Serializer[Any]):
    """How many of the leads created were won, and after how many days on average."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    created = serializers.IntegerField()
    won = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True, help_text="From 0 to 1.")
    days_to_close = serializers.FloatField(allow_null=True)


class MonthlyConversionSerializer(ConversionSerializer):
    month = serializers.CharField(help_text="As 2026-11, in the asker's time zone.")


class LeadStatsSerializer(serializers.Serializer[Any]):
    """Numbers of the live leads that one may see."""

    total = serializers.IntegerField()
    by_status = ByStatusSerializer()
    by_channel = ByChannelSerializer()
    by_assignee = ByAssigneeSerializer(many=True)
    conversion = MonthlyConversionSerializer(many=True)
    conversion_by_channel = ConversionSerializer(many=True)
