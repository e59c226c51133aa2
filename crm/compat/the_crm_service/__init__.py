"""002, The CRM Service: customers with ids of the caller's choice, and users."""

from crm.compat.documentation import documented
from crm.compat.fixed import Fixed
from crm.compat.service import Service
from crm.compat.signing_in import SignIn
from crm.compat.the_crm_service.customers import Customers
from crm.compat.the_crm_service.users import Users

NOT_PERMITTED = (403, "The current user has not permission for this resource.")
WRONG = (400, "Incorrect username or password.")  # nobody learns which names there are

SERVICE = Service(
    slug="the-crm-service",
    title="The CRM Service",
    description="Customers of a small shop, and the users who look after them.",
    answers={
        "invalid_token": (401, "Could not validate credentials."),
        "permission_denied": NOT_PERMITTED,
        "forbidden": NOT_PERMITTED,
        "wrong_credentials": WRONG,
    },
    sign_in="auth/token",
)
urlpatterns = documented(
    SERVICE,
    SERVICE.at("health", Fixed, body={"status": "OK"}),
    SERVICE.at("auth/token", SignIn),
    SERVICE.at("users", Users, {"get": "list", "post": "create"}),
    SERVICE.at("users/<str:pk>", Users, {"patch": "partial_update", "delete": "destroy"}),
    SERVICE.at("customers", Customers, {"get": "list", "post": "create"}),
    SERVICE.at("customers/<path:pk>/photo", Customers, {"put": "set_photo"}),
    SERVICE.at(
        "customers/<path:pk>",
        Customers,
        {"get": "retrieve", "patch": "partial_update", "delete": "destroy"},
    ),
)
