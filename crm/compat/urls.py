"""The replaced services that are answered: without its line one is gone, and nothing else."""

from types import ModuleType

from crm.compat import console_crm, crm_api, crm_microservice, mini_crm, the_crm_service

ADAPTERS: tuple[ModuleType, ...] = (
    console_crm,  # 000
    mini_crm,  # 001
    the_crm_service,  # 002
    crm_api,  # 003
    crm_microservice,  # 004
)
SERVICES = {adapter.SERVICE.slug: adapter.SERVICE for adapter in ADAPTERS}
urlpatterns = [pattern for adapter in ADAPTERS for pattern in adapter.urlpatterns]
