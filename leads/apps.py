from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        for name in ("answers", "notices", "reminders"):
            import_module(f"leads.{name}")  # registers itself
