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
    "accounts.view_apikey": ADMIN,
    "accounts.add_apikey": ADMIN,
    "accounts.change_apikey": ADMIN,
    "accounts.view_user": ADMIN,
    "accounts.add_user": ADMIN,
    "accounts.change_user": ADMIN,
    "accounts.archive_user": ADMIN,
    "accounts.restore_user": ADMIN,
    "accounts.assign_user": MANAGERS,
    "audit.view_trail": MANAGERS,
    "audit.view_seal": ADMIN,
    "base.view_securityevent": MANAGERS,
    "base.view_notice": ADMIN,
    "base.retry_notice": ADMIN,
    "customers.view_customer": EVERYONE,
    "customers.add_customer": EVERYONE,
    "customers.change_customer": EVERYONE,
    "customers.archive_customer": EVERYONE,
    "customers.restore_customer": MANAGERS,
    "leads.view_lead": EVERYONE,  # salespeople: those assigned to them, see oversee_lead
    "leads.add_lead": EVERYONE,
    "leads.change_lead": EVERYONE,
    "leads.archive_lead": EVERYONE,
    "leads.convert_lead": EVERYONE,
    "leads.restore_lead": MANAGERS,
    "leads.assign_lead": MANAGERS,
    "leads.oversee_lead": MANAGERS,
    "leads.view_action": EVERYONE,
    "leads.add_action": EVERYONE,
    "leads.change_action": EVERYONE,
    "leads.delete_action": EVERYONE,  # their own
    "leads.view_process": EVERYONE,
    "leads.add_process": EVERYONE,
    "leads.change_process": EVERYONE,
    "leads.delete_process": EVERYONE,
    "invoices.view_invoice": EVERYONE,
    # Of drafts, and of one's own: whoever manages invoices changes everybody's.
    "invoices.add_invoice": EVERYONE,
    "invoices.change_invoice": EVERYONE,
    "invoices.delete_invoice": EVERYONE,
    # Issue, cancel, credit, note payments and reverse them.
    "invoices.manage_invoice": MANAGERS,
    "invoices.view_invoiceline": EVERYONE,
    "invoices.view_payment": EVERYONE,
    "invoices.view_report": EVERYONE,
    "invoices.view_companyprofile": ADMIN,
    "invoices.add_companyprofile": ADMIN,
    "invoices.change_companyprofile": ADMIN,
    "invoices.view_numberseries": ADMIN,
    "invoices.add_numberseries": ADMIN,
    "invoices.change_numberseries": ADMIN,
}


def may(role: str, permission: str) -> bool:
    """Return whether ``role`` has ``permission``; an unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, ())


def may_in_app(role: str, app_label: str) -> bool:
    """Return whether ``role`` may do anything in the app, so that its menu is shown."""
    return any(
        role in roles for name, roles in PERMISSIONS.items() if name.startswith(f"{app_label}.")
    )
