"""What an API key may do: the one table from scopes to permissions."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.base.api.hints import one_of


class Scope(TextChoices):
    CUSTOMERS_ADD = "customers:add", _("Create customers")
    CUSTOMERS_READ = "customers:read", _("Read customers")
    LEADS_READ = "leads:read", _("Read leads, actions and follow-ups")
    LEADS_WRITE = "leads:write", _("Create and change leads, actions and follow-ups")
    INVOICES_READ = "invoices:read", _("Read invoices")
    INVOICES_WRITE = "invoices:write", _("Create, issue and correct invoices, record payments")
    REPORTS_READ = "reports:read", _("Read reports")


LEAD_MODELS = ("lead", "action", "process")
INVOICE_MODELS = ("invoice", "invoiceline", "payment")

PERMISSIONS: dict[str, frozenset[str]] = {
    Scope.CUSTOMERS_ADD: frozenset({"customers.add_customer"}),
    Scope.CUSTOMERS_READ: frozenset({"customers.view_customer"}),
    # A key is nobody that leads could be assigned to: it sees all of them or none.
    Scope.LEADS_READ: frozenset(
        {"leads.oversee_lead", *(f"leads.view_{name}" for name in LEAD_MODELS)}
    ),
    Scope.LEADS_WRITE: frozenset(
        {
            *(f"leads.{verb}_lead" for verb in ("oversee", "assign", "convert", "archive")),
            *(f"leads.{verb}_{name}" for verb in ("add", "change") for name in LEAD_MODELS),
            *("leads.restore_lead", "leads.delete_action", "leads.delete_process"),
            "accounts.assign_user",
        }
    ),
    Scope.INVOICES_READ: frozenset(f"invoices.view_{name}" for name in INVOICE_MODELS),
    Scope.INVOICES_WRITE: frozenset(
        f"invoices.{verb}_invoice" for verb in ("add", "change", "delete", "manage")
    ),
    Scope.REPORTS_READ: frozenset({"invoices.view_report"}),
}


def may(scopes: Iterable[str], permission: str) -> bool:
    """Return whether one of ``scopes`` grants ``permission``; what is in no scope is no key's."""
    return any(permission in PERMISSIONS.get(scope, ()) for scope in scopes)


def why_not(permission: str) -> str:
    """Return what a key lacks that is not granted ``permission``."""
    granting = [str(scope) for scope, granted in PERMISSIONS.items() if permission in granted]
    if granting:
        return gettext("This key lacks a scope that grants it.") + f" {one_of(granting)}"
    return gettext("No API key may do this. Sign in as a user.")


def default_scopes() -> list[str]:
    return [Scope.CUSTOMERS_ADD.value]


def check_scopes(names: Any) -> None:
    known = isinstance(names, list) and all(name in Scope.values for name in names)
    if not known or not names:
        message = _("Choose among %(known)s.")
        raise ValidationError(message, "unknown_scope", {"known": ", ".join(Scope.values)})
