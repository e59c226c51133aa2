from crm.base.api.routes import records
from leads.step_views import ActionViewSet, ProcessViewSet
from leads.views import LeadViewSet

urlpatterns = [
    *records("leads", LeadViewSet),
    *records("actions", ActionViewSet),
    *records("processes", ProcessViewSet),
]
