"""How an entry of ``crm.base.trail.timeline`` reads, for the API's description."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.base.readable import SOURCES


class HistoryUserSerializer(serializers.Serializer[Any]):
    """Who made the change; the name stays when the user is gone."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    role = serializers.CharField(help_text=_("Or api_key, system, public."))


class HistoryEntrySerializer(serializers.Serializer[Any]):
    """One change of a record, or one security event."""

    id = serializers.CharField(help_text=_("Of audit-logs/{id}."))
    table = serializers.CharField()
    record_id = serializers.IntegerField(
        allow_null=True, help_text=_("Null of a security event, which changes no record.")
    )
    label = serializers.CharField(  # type: ignore[assignment]  # the entry has this word, too
        help_text=_("What the record was called then; of a security event its title.")
    )
    history_id = serializers.IntegerField()
    action = serializers.CharField(
        help_text=_("create, update, delete, archive, restore, or the kind of a security event.")
    )
    old_values = serializers.DictField(help_text=_("Of the changed fields; empty on creation."))
    new_values = serializers.DictField(help_text=_("Empty on deletion."))
    user = HistoryUserSerializer()
    source = serializers.ChoiceField(list(SOURCES))  # type: ignore[assignment]  # and this one
    at = serializers.DateTimeField()
    request_id = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
