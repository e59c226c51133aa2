from django.urls import path

from accounts import views
from accounts.key_views import ApiKeyViewSet
from crm.base.api.routes import records

urlpatterns = [
    path("auth/login", views.LoginView.as_view(), name="auth-login"),
    path("auth/refresh", views.RefreshView.as_view(), name="auth-refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="auth-logout"),
    path("auth/password", views.PasswordView.as_view(), name="auth-password"),
    path("auth/me", views.MeView.as_view(), name="auth-me"),
    path("users/assignable", views.AssignableViewSet.as_view({"get": "list"}), name="assignable"),
    *records("users", views.UserViewSet),
    *records("api-keys", ApiKeyViewSet),
]
