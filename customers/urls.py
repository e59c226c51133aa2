from django.urls import path

from crm.base.api.routes import records
from customers.photo_views import PhotoLinkView
from customers.registration_views import RegisterView
from customers.views import CustomerViewSet

urlpatterns = [
    path("register", RegisterView.as_view(), name="register"),
    path("customers/photos/<str:token>", PhotoLinkView.as_view(), name="photo-link"),
    *records("customers", CustomerViewSet),
]
