from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Reads the histories of all models, whatever they are; keeps seals, and no copy."""

    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        import_module("audit.checks")  # registers itself
