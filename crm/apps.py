from importlib import import_module

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """Wires the apps together: commands, home page, settings."""

    name = "crm"

    def ready(self) -> None:
        import_module("crm.schedule")  # registers itself
