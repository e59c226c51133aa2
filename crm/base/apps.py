from django.apps import AppConfig
from django.db.models.signals import post_migrate

from crm.base import search


class BaseConfig(AppConfig):
    """The shared floor; owns technical tables only."""

    name = "crm.base"
    label = "base"

    def ready(self) -> None:
        post_migrate.connect(search.install, dispatch_uid="search")
