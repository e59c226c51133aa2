from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from crm.base.registry import archive_guards
from invoices import debts, frozen


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        import_module("invoices.mailing")  # which registers its kind of letter
        post_migrate.connect(frozen.install, sender=self, dispatch_uid="frozen_invoices")
        archive_guards.add(apps.get_model("customers", "Customer"), debts.unpaid)
