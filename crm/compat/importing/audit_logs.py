"""001's log of changes, as the history of what became of its rows.

``old_values`` and ``new_values`` are whole rows. A row of the log that tells no version of a record
that is taken over (of a user, of what was deleted, of what cannot be read) is left, and counted.
"""

import copy
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from crm.compat.importing.fitting import fitted, moment
from crm.compat.importing.rows import Refused, Row
from leads.models import Lead

TABLE = "audit_logs"
NEEDED = {"table_name", "record_id", "action", "new_values", "created_at"}
# Their columns that are ours by another name; the rest have the same, or are nothing of ours.
NAMES = {"contact_name": "name"}
TOLD = (
    *("contact_name", "company_name", "phone", "email", "instagram", "address", "country"),
    *("client_type", "status", "channel", "admin_notes", "sales_notes"),
)
# The service wrote its log in another transaction than the row.
AT_ONCE = timedelta(seconds=2)


class AuditLogs:
    """The log of one batch of rows of ``table``."""

    def __init__(self, run: Any, table: str, rows: Sequence[Row]) -> None:
        self._run = run
        self._entries: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        if not set(run.source.columns(TABLE)) >= NEEDED:
            return
        keys = [row.values["id"] for row in rows if row.is_new]
        for entry in run.source.rows_where(TABLE, {"table_name": table}, "record_id", keys):
            self._entries[str(entry["record_id"])].append(entry)
        people = {entry.get("changed_by_id") for group in self._entries.values() for entry in group}
        self._users = run.records("users", people)

    def tell(self, row: Row, record: Any) -> None:
        """Give ``record`` the versions that the log tells of; the newest is the row itself."""
        versions = self._versions(row, self._entries.get(str(row.values["id"]), ()), record)
        if not versions:
            return
        first, last = versions[0], versions[-1]
        record.created_by_id = record.created_by_id or first.modified_by_id
        record.modified_by_id = last.modified_by_id
        record.updated_at = max(record.updated_at, last.updated_at)
        for version in versions:
            version.created_at, version.created_by_id = record.created_at, record.created_by_id
        if _same(last, record) and record.updated_at - last.updated_at < AT_ONCE:
            versions.pop()
        row.past = versions

    def _versions(self, row: Row, entries: Sequence[Mapping[str, Any]], record: Any) -> list[Any]:
        """Return what ``entries`` tell, oldest first, from the creation of ``record`` on."""
        versions = [version for entry in entries if (version := self._version(entry, record))]
        row.log_entries = len(versions)
        if versions and entries[0]["action"] != "create":
            before = {**entries[0], "new_values": entries[0].get("old_values")}
            if origin := self._version(before, record):
                origin.updated_at, origin.modified_by_id = record.created_at, None
                versions.insert(0, origin)
        return versions

    def _version(self, entry: Mapping[str, Any], record: Any) -> Any:
        """Return ``record`` as it was after ``entry``; None where that cannot be told."""
        values, at = _object(entry["new_values"]), self._time(entry)
        if not values or at is None:
            return None
        version = copy.copy(record)
        version.updated_at = at
        version.modified_by_id = self._users.get(str(entry.get("changed_by_id")))
        unheard = Row("", {})  # what does not fit of an old version is nobody's business now
        for column in TOLD:
            if column in values and _has(version, NAMES.get(column, column)):
                _set(unheard, version, NAMES.get(column, column), values[column])
        if isinstance(version, Lead):
            version.status_changed_at = at
        return version

    def _time(self, entry: Mapping[str, Any]) -> datetime | None:
        return moment(Row("", {}), "created_at", entry["created_at"], self._run.zone)


def _object(values: Any) -> dict[str, Any]:
    if isinstance(values, str):
        try:
            values = json.loads(values)
        except ValueError:
            return {}
    return values if isinstance(values, dict) else {}


def _has(record: Any, name: str) -> bool:
    return any(field.name == name for field in record._meta.concrete_fields)


def _set(row: Row, record: Any, name: str, value: Any) -> None:
    field = record._meta.get_field(name)
    if field.choices:
        value = str(value or "").rpartition(".")[2].lower()
        if value not in dict(field.choices):
            return
    try:
        setattr(record, name, fitted(row, record, field, value))
    except Refused:
        return


def _same(version: Any, record: Any) -> bool:
    names = (NAMES.get(column, column) for column in TOLD)
    return all(
        getattr(version, name) == getattr(record, name) for name in names if _has(record, name)
    )


def remark(run: Any, count: int) -> list[str]:
    """Say how much of the log has become history in this run."""
    if not set(run.source.columns(TABLE)) >= NEEDED:
        return []
    message = _(
        "audit_logs: of %(rows)d rows %(count)d became history. The others tell of users, of what "
        "was deleted, of what cannot be read, or of what was there already."
    )
    return [message % {"rows": run.source.count(TABLE), "count": count}]
