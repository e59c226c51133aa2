from crm.base.api.routes import records
from invoices.report_views import ReportViewSet
from invoices.views import InvoiceViewSet

urlpatterns = [*records("invoices", InvoiceViewSet), *records("reports", ReportViewSet)]
