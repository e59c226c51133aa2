"""The replaced services that are answered: without its line one is gone, and nothing else."""

from types import ModuleType

from crm.compat import crm_api, mini_crm, the_crm_service

ADAPTERS: tuple[ModuleType, ...] = (
    mini_crm,  # 001
    the_crm_service,  # 002
    crm_api,  # 003
)
SERVICES = {adapter.SERVICE.slug: adapter.SERVICE for adapter in ADAPTERS}
urlpatterns = [pattern for adapter in ADAPTERS for pattern in adapter.urlpatterns]
