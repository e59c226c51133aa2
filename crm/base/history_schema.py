"""How an entry of ``crm.base.timeline`` reads, for the API's description."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class HistoryUserSerializer(serializers.Serializer[Any]):
    """Who made the change; the name stays when the user is gone."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    role = serializers.CharField()


class HistoryEntrySerializer(serializers.Serializer[Any]):
    """One change of a record."""

    history_id = serializers.IntegerField()
    action = serializers.ChoiceField(["create", "update", "delete", "archive", "restore"])
    old_values = serializers.DictField(help_text=_("Of the changed fields; empty on creation."))
    new_values = serializers.DictField()
    user = HistoryUserSerializer()
    source = serializers.CharField(  # type: ignore[assignment]  # the entry has this word, too
        help_text=_("admin, api, compat, console, command, import.")
    )
    at = serializers.DateTimeField()
    request_id = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
