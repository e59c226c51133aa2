"""Roles, and everything each may do: the one table that permissions are read from."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ADMIN = "admin", _("Administrator")
    MANAGEMENT = "management", _("Management")
    SALES = "sales", _("Sales")


ADMIN = frozenset({Role.ADMIN})
MANAGERS = frozenset({Role.ADMIN, Role.MANAGEMENT})
EVERYONE = frozenset(Role)

PERMISSIONS = {
    "accounts.view_user": ADMIN,
    "accounts.add_user": ADMIN,
    "accounts.change_user": ADMIN,
    "accounts.archive_user": ADMIN,
    "accounts.restore_user": ADMIN,
    "accounts.assign_user": MANAGERS,
    "base.view_securityevent": MANAGERS,
    "customers.view_customer": EVERYONE,
    "customers.add_customer": EVERYONE,
    "customers.change_customer": EVERYONE,
    "customers.archive_customer": EVERYONE,
    "customers.restore_customer": MANAGERS,
}


def may(role: str, permission: str) -> bool:
    """Return whether ``role`` has ``permission``; an unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, ())


def may_in_app(role: str, app_label: str) -> bool:
    """Return whether ``role`` may do anything in the app, so that its menu is shown."""
    return any(
        role in roles for name, roles in PERMISSIONS.items() if name.startswith(f"{app_label}.")
    )
