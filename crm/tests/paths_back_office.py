"""The write paths of the back office: every page that takes a form, every action of a list."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import reverse

from accounts.tests.make import PASSWORD, make_user
from crm.tests.back_office import page_of
from crm.tests.pages import filled
from crm.tests.routes import back_office_routes
from crm.tests.samples import newest_line, picture
from crm.tests.write_paths import Perform, World, add, hand_over, path
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import CompanyProfile
from invoices.tests.make import make_company, make_draft, make_invoice
from invoices.tests.pages import HOUR, rows
from leads.tests.make import make_lead

Typed = Callable[[], dict[str, Any]]
SECRET = {"new_password": "another long secret", "repeated": "another long secret"}
CALL = {"action_type": "call", "details": "Calls back"}
MOMENT = {"occurred_at": "2026-01-02T10:00"}
LEAD = {"name": "Eva", "email": "eva@example.org", "channel": "web", "currency": "USD"}
KEY = {"name": "web shop", "scopes": ["customers:add"], "daily_limit": "50"}
NO_LINES = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
OF_A_LEAD = "/admin/leads/lead/{object_id}"
OF_AN_INVOICE = "/admin/invoices/invoice/{object_id}"
# What is typed into each page before it is sent; a page without fields is only confirmed.
FORMS: dict[str, dict[str, Any] | Typed] = {
    "/admin/profile/": {"language": "es"},
    "/admin/password_change/": {"current_password": PASSWORD, **SECRET},
    "/admin/accounts/user/add/": {"username": "eva", "password": PASSWORD, "repeated": PASSWORD},
    "/admin/accounts/user/{object_id}/change/": {"language": "es"},
    "/admin/accounts/user/{object_id}/password/": SECRET,
    "/admin/accounts/user/{object_id}/archive/": {},
    "/admin/accounts/user/{object_id}/restore/": {},
    "/admin/accounts/apikey/add/": KEY,
    "/admin/accounts/apikey/{object_id}/change/": KEY,
    "/admin/accounts/apikey/{object_id}/rotate/": {},
    "/admin/accounts/apikey/{object_id}/revoke/": {},
    "/admin/customers/customer/add/": lambda: {"name": "Ana", "picture": picture()},
    "/admin/customers/customer/{object_id}/change/": {"city": "Mérida", "picture": ""},
    "/admin/customers/customer/{object_id}/archive/": {},
    "/admin/customers/customer/{object_id}/restore/": {},
    "/admin/leads/lead/add/": LEAD,
    f"{OF_A_LEAD}/change/": {"sales_notes": "Calls back"},
    f"{OF_A_LEAD}/log/": CALL,
    f"{OF_A_LEAD}/step/": {"next_followup_at": "2099-03-01T09:30"},
    f"{OF_A_LEAD}/move/": {"status": "contacted"},
    f"{OF_A_LEAD}/convert/": {},
    f"{OF_A_LEAD}/assign/": lambda: {"assigned_to": make_user().pk},
    f"{OF_A_LEAD}/archive/": {},
    f"{OF_A_LEAD}/restore/": {},
    "/admin/leads/action/add/": lambda: {"lead": make_lead().pk, **CALL, **MOMENT},
    "/admin/leads/action/{object_id}/change/": CALL,
    "/admin/leads/process/add/": lambda: {"lead": make_lead().pk, "name": "Visit"},
    "/admin/leads/process/{object_id}/change/": {"name": "Visit"},
    "/admin/invoices/invoice/add/": lambda: {"customer": make_customer().pk, **rows(HOUR)},
    f"{OF_AN_INVOICE}/change/": {"description": "As agreed", **rows(HOUR, HOUR)},
    f"{OF_AN_INVOICE}/issue/": lambda: {"customer": Customer.objects.latest("pk").pk},
    f"{OF_AN_INVOICE}/discard/": {},
    f"{OF_AN_INVOICE}/payment/": {"amount": "1"},
    f"{OF_AN_INVOICE}/payments/{{payment}}/reverse/": {"reference": "Bounced"},
    f"{OF_AN_INVOICE}/credit/": lambda: {f"quantity-{newest_line()}": "1"},
    "/admin/invoices/companyprofile/{object_id}/change/": {"name": "Acme & Co"},
    "/admin/invoices/numberseries/add/": {"kind": "credit_note", "code": "CN", "padding": "4"},
    "/admin/invoices/numberseries/{object_id}/change/": {"padding": "5"},
}
PAGES = {str(route): route for route in back_office_routes()}


def of_page(name: str, world: World) -> Perform:
    make_company()
    where, typed = page_of(PAGES[name]), FORMS[name]
    return partial(send, world, where, typed() if callable(typed) else typed)


def send(world: World, where: str, typed: dict[str, Any]) -> Any:
    """Fill in the page at ``where`` and send it, as a browser does."""
    page = world.browser.get(where)
    fields = "adminform" in page.context or "form" in page.context
    shown = filled(page, **typed) if fields else typed
    answer: Any = world.browser.post(where, {k: v for k, v in shown.items() if k != "picture" or v})
    if answer.context:
        found = answer.context.get("errors") or getattr(answer.context.get("form"), "errors", "")
        assert not found, found
    return answer


for each in FORMS:
    add(f"POST {each}", partial(of_page, each), source="admin")


@path(f"POST {OF_AN_INVOICE}/cancel/", source="admin")
def _(world: World) -> Perform:
    return partial(send, world, f"/admin/invoices/invoice/{make_invoice().pk}/cancel/", {})


@path("the company's page, for the first time", source="admin")
def _(world: World) -> Perform:
    typed = {"name": "Acme", "currency": "EUR", "picture": picture()}
    assert not CompanyProfile.objects.exists()
    return partial(send, world, "/admin/invoices/companyprofile/add/", typed)


@path("a document's lines are taken out of its form", source="admin")
def _(world: World) -> Perform:
    where = reverse("admin:invoices_invoice_change", args=[make_draft().pk])
    return partial(send, world, where, NO_LINES)


@path("a form is sent as it was shown", source="admin", quiet="nothing differs")
def _(world: World) -> Perform:
    where = reverse("admin:customers_customer_change", args=[make_customer(city="Lima").pk])
    return partial(send, world, where, {})


@path("a lead is moved with a reason", source="admin", reason="No budget")
def _(world: World) -> Perform:
    where = f"/admin/leads/lead/{make_lead().pk}/move/"
    return partial(send, world, where, {"status": "discarded", "reason": "No budget"})


def back(make: Callable[..., Any], field: str, world: World) -> Perform:
    record = make()
    entry = record.history.latest("history_id").history_id
    setattr(record, field, "Another")
    record.save()
    route = f"admin:{record._meta.app_label}_{record._meta.model_name}_version"
    where, typed = reverse(route, args=[record.pk, entry]), {"version": str(record.version)}
    return lambda: world.browser.post(where, typed)


VERSIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "customers/customer": (make_customer, "city"),
    "leads/lead": (make_lead, "sales_notes"),
    "invoices/invoice": (make_draft, "description"),
}
for records, (maker, changed) in VERSIONS.items():
    add(
        f"POST /admin/{records}/{{object_id}}/history/{{history_id}}/",
        partial(back, maker, changed),
        source="admin",
        reason="Put back to version 1 of ",
    )


@path("somebody is deactivated in their form", source="admin")
def _(world: World) -> Perform:
    where = reverse("admin:accounts_user_change", args=[hand_over(world).pk])
    return partial(send, world, where, {"is_active": False, "successor": world.alice.pk})
