from django.urls import path

from crm.base.routes import records
from customers import views

urlpatterns = [
    path("customers/photos/<str:token>", views.photo_link, name="photo-link"),
    *records("customers", views.CustomerViewSet),
]
