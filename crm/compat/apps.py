from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompatConfig(AppConfig):
    name = "crm.compat"
    label = "compat"
    verbose_name = _("Replaced services")
