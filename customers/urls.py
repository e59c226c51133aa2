from django.urls import path

from crm.base.routes import records
from customers.photo_views import PhotoLinkView
from customers.views import CustomerViewSet

urlpatterns = [
    path("customers/photos/<str:token>", PhotoLinkView.as_view(), name="photo-link"),
    *records("customers", CustomerViewSet),
]
