"""Reads the audit trail's keys: the present one, and those that older proofs were made with."""

import re

from django.core.exceptions import ImproperlyConfigured

NAME = re.compile(r"[A-Za-z0-9-]{1,20}")
SHORTEST = 32


def audit_keys(name: str, key: str, old: str) -> dict[str, bytes]:
    """Return every key by its name, the present one first.

    ``old`` is ``name:key,name:key``. Raises ``ImproperlyConfigured`` for what names no key.
    """
    keys = {name: key.encode()}
    for pair in filter(None, old.split(",")):
        old_name, _, old_key = pair.strip().partition(":")
        if len(old_key) < SHORTEST or old_name in keys:
            raise ImproperlyConfigured(
                "AUDIT_OLD_KEYS must be name:key,name:key, each name once and none AUDIT_KEY_ID,"
                f" each key at least {SHORTEST} characters."
            )
        keys[old_name] = old_key.encode()
    if wrong := [one for one in keys if not NAME.fullmatch(one)]:
        raise ImproperlyConfigured(
            f"{wrong[0]!r} names no audit key: use 1 to 20 letters, digits or hyphens."
        )
    return keys
