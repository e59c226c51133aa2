"""What `manage.py check --deploy` says of the audit trail's keys."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

FEWEST = 10  # different characters in a key


@register(Tags.security, deploy=True)
def check_audit_keys(app_configs: Any, **_: Any) -> list[Error]:
    """Refuse a key that could be guessed, or that something else is known by."""
    others = {settings.SECRET_KEY, settings.JWT_KEY, settings.API_KEY_PEPPER}
    return [
        Error(
            f"The audit key {name!r} is weak or used for something else.",
            hint="Set AUDIT_KEY to random characters of its own; `bin/init-env` makes some.",
            id="audit.E001",
        )
        for name, key in settings.AUDIT_KEYS.items()
        if len(set(key)) < FEWEST or key.decode() in others
    ]
