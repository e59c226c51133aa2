"""The back office: its start page, its doors, its search."""

from functools import partial
from typing import Any

from django.contrib.admin.utils import quote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from accounts.admin_forms import SignInForm
from accounts.admin_pages import limited, own_password_page, profile_page
from audit.pages import trail_page
from audit.views import VIEW
from crm.base.back_office.lists import LONGEST_SEARCH
from crm.base.back_office.picked import live
from crm.base.back_office.records import RecordAdmin
from crm.base.trail import security_events
from crm.home import home
from leads.board_pages import board_page
from leads.day_pages import day_page
from leads.rights import OVERSEE
from leads.team_pages import team_page

MOST_FOUND = 8


class LiveAutocomplete(AutocompleteJsonView):
    """Offers what may be seen and can be picked, to those who may pick it."""

    model_admin: RecordAdmin

    def get_queryset(self) -> QuerySet[Any]:
        return self.model_admin.pickable(super().get_queryset())

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.model_admin.has_pick_permission(request)


class BackOffice(UnfoldAdminSite):
    login_form = SignInForm
    index_title = _("Start")
    index_template = "crm/home.html"
    enable_nav_sidebar = True

    def extra_urls(self) -> list[URLPattern]:
        """Return the pages that belong to no model."""
        pages = {
            "profile": profile_page,
            "day": day_page,
            "board": board_page,
            "team": team_page,
            "audit": trail_page,
        }
        return [
            path(f"{name}/", self.admin_view(partial(page, self)), name=name)
            for name, page in pages.items()
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Tell every page where the audit trail is, for those who may read it."""
        url = reverse("admin:audit") if request.user.has_perm(VIEW) else ""
        return {**super().each_context(request), "audit_url": url}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return every model by app, worked out when it is read: most pages show only the menu."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead those who sell to their day; show those who oversee how things are."""
        if not request.user.has_perm(OVERSEE):
            return HttpResponseRedirect(reverse("admin:day"))
        return super().index(request, {**home(request), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign in; too many attempts are answered 429."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        return limited(response, getattr(form, "wait", 0))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.method == "POST":
            security_events.note("logout")
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return own_password_page(self, request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return LiveAutocomplete.as_view(admin_site=self)(request)

    def search(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Find live records by the text that the palette (Ctrl+K) sends, a few of each kind."""
        text = request.GET.get("s", "").strip()[:LONGEST_SEARCH]
        kinds = self._searchable(request)
        found = [result for kind in kinds for result in _find(kind, request, text)]
        context = {"results": found, "page_obj": {"count": len(found)}, "page_counter": 0}
        return TemplateResponse(request, "crm/found.html", context)

    def _searchable(self, request: HttpRequest) -> list[RecordAdmin]:
        kinds = (kind for kind in self._registry.values() if isinstance(kind, RecordAdmin))
        return [
            kind for kind in kinds if kind.model.searchable and kind.has_view_permission(request)
        ]


def _find(kind: RecordAdmin, request: HttpRequest, text: str) -> list[SearchResult]:
    if not text:
        return []
    records = live(kind.get_queryset(request))
    found, _duplicates = kind.get_search_results(request, records, text)
    records = found.order_by("-pk")[:MOST_FOUND]
    route = f"admin:{kind.opts.app_label}_{kind.opts.model_name}_change"
    name = capfirst(str(kind.opts.verbose_name))
    return [
        SearchResult(str(record), name, reverse(route, args=[quote(record.pk)]), "arrow_forward")
        for record in records
    ]


def may_view_customers(request: HttpRequest) -> bool:
    return request.user.has_perm("customers.view_customer")


def may_view_leads(request: HttpRequest) -> bool:
    return request.user.has_perm("leads.view_lead")


def may_oversee_leads(request: HttpRequest) -> bool:
    return request.user.has_perm(OVERSEE)


def may_view_users(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_user")


def may_view_api_keys(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_apikey")


def may_view_trail(request: HttpRequest) -> bool:
    return request.user.has_perm(VIEW)


def may_view_security_events(request: HttpRequest) -> bool:
    return request.user.has_perm("base.view_securityevent")


def may_view_invoices(request: HttpRequest) -> bool:
    return request.user.has_perm("invoices.view_invoice")


def is_about_invoices(request: HttpRequest) -> bool:
    """Tell whether the page is of the menu's invoices, and not of the report below them."""
    list_of_all = reverse("admin:invoices_invoice_changelist")
    is_report = request.path.startswith(reverse("admin:invoices_report"))
    return request.path.startswith(list_of_all) and not is_report


def may_view_reports(request: HttpRequest) -> bool:
    return request.user.has_perm("invoices.view_report")


def may_view_company(request: HttpRequest) -> bool:
    return request.user.has_perm("invoices.view_companyprofile")


def may_view_notices(request: HttpRequest) -> bool:
    return request.user.has_perm("base.view_notice")
