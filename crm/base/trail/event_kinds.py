"""The kinds of security events: what each is called, and its colour in the back office."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[Any, str]] = {
    "login": (_("Signed in"), "success"),
    "login_failed": (_("Wrong name or password"), "warning"),
    "login_limited": (_("Too many attempts"), "danger"),
    "logout": (_("Signed out"), "info"),
    "refused": (_("Access refused"), "warning"),
    "password_changed": (_("Changed own password"), "info"),
    "password_set": (_("Password set by an administrator"), "warning"),
    "role_changed": (_("Role changed"), "warning"),
    "sessions_ended": (_("Sessions ended by an administrator"), "warning"),
    "token_reuse": (_("Stolen session ended"), "danger"),
    "key_created": (_("API key created"), "info"),
    "key_rotated": (_("API key rotated"), "info"),
    "key_revoked": (_("API key revoked"), "warning"),
    "key_refused": (_("Wrong API key"), "warning"),
    "key_limited": (_("Too many wrong API keys"), "danger"),
    "quota_reached": (_("Daily limit of an API key reached"), "warning"),
    "registered_again": (_("Registered again"), "info"),
    "exported": (_("Exported"), "info"),
    "history_erased": (_("Values erased from the history"), "danger"),
    "notice_retried": (_("Notice tried again"), "info"),
    "trail_verified": (_("Audit trail verified"), "info"),
}
COLOURS = {kind: colour for kind, (_label, colour) in KINDS.items()}

# What the details of an event are called, in the order that people read them.
DETAILS: dict[str, Any] = {
    "of": _("user"),
    "old": _("old role"),
    "new": _("new role"),
    "key": _("API key"),
    "limit": _("limit"),
    "notice": _("notice"),
    "table": _("table"),
    "record": _("record"),
    "fields": _("fields"),
    "reason": _("reason"),
    "what": _("what"),
    "entries": _("entries"),
    "faults": _("faults"),
    "anchors": _("compared with anchors"),
    "format": _("format"),
    "filters": _("filters"),
    "method": _("method"),
    "path": _("page"),
    "session": _("session"),
    "address": _("address"),
}


def title(kind: str) -> str:
    return str(KINDS[kind][0]) if kind in KINDS else kind


def detail_label(name: str) -> str:
    return capfirst(str(DETAILS.get(name, name)))
