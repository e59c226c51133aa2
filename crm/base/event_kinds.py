"""The kinds of security events: what each is called, and its colour in the back office."""

from typing import Any

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
}
COLOURS = {kind: colour for kind, (_label, colour) in KINDS.items()}


def title(kind: str) -> str:
    return str(KINDS[kind][0]) if kind in KINDS else kind
