from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Makes the CRM's own admin site the default one."""

    default = True
    default_site = "crm.admin_site.BackOffice"
