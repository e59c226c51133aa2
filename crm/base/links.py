"""Links that leave the system start at the configured public address."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return ``path`` under ``BASE_URL``; without one the link stays relative to the host."""
    return f"{settings.BASE_URL}{path}"
