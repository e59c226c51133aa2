from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from crm.base import connections, search
from crm.base.past import texts as past_texts
from crm.base.storing import tally_upkeep
from crm.base.trail import append_only, names


class BaseConfig(AppConfig):
    """The shared floor; owns technical tables only."""

    name = "crm.base"
    label = "base"

    def ready(self) -> None:
        post_migrate.connect(search.install, dispatch_uid="search")
        post_migrate.connect(past_texts.install, dispatch_uid="past_texts")
        post_migrate.connect(names.install, dispatch_uid="names")
        post_migrate.connect(tally_upkeep.install, dispatch_uid="tallies")
        post_migrate.connect(append_only.install, sender=self, dispatch_uid="append_only")
        connection_created.connect(connections.prepare, dispatch_uid="connections")
