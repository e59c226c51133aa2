from django.apps import AppConfig


class CrmConfig(AppConfig):
    """Wires the apps together: commands, home page, settings."""

    name = "crm"
