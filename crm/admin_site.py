"""The back office: its start page, its doors, its search."""

from functools import partial
from typing import Any

from django.contrib.admin.utils import quote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from accounts.admin_forms import SignInForm
from accounts.admin_pages import limited, own_password_page, profile_page
from crm.base.admin_lists import LONGEST_SEARCH
from crm.base.admin_records import RecordAdmin
from crm.base.models import Archivable
from crm.home import home

MOST_FOUND = 8


def live(records: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what is archived, of the kinds of records that can be."""
    return records.filter(archived_at=None) if issubclass(records.model, Archivable) else records


class LiveAutocomplete(AutocompleteJsonView):
    """Offers what may be seen and is not archived."""

    def get_queryset(self) -> QuerySet[Any]:
        return live(super().get_queryset())


class BackOffice(UnfoldAdminSite):
    login_form = SignInForm
    index_title = _("Start")
    index_template = "crm/home.html"
    enable_nav_sidebar = True

    def extra_urls(self) -> list[URLPattern]:
        """Return the pages that belong to no model."""
        return [path("profile/", self.admin_view(partial(profile_page, self)), name="profile")]

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, {**home(request), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign in; too many attempts are answered 429."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        return limited(response, getattr(form, "wait", 0))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return own_password_page(self, request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return LiveAutocomplete.as_view(admin_site=self)(request)

    def search(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Find live records by the text that the palette (Ctrl+K) sends, a few of each kind."""
        text = request.GET.get("s", "").strip()[:LONGEST_SEARCH]
        found = [
            result for kind in self._searchable(request) for result in _find(kind, request, text)
        ]
        context = {"results": found, "page_obj": {"count": len(found)}, "page_counter": 0}
        return TemplateResponse(request, "crm/found.html", context)

    def _searchable(self, request: HttpRequest) -> list[RecordAdmin]:
        kinds = [kind for kind in self._registry.values() if isinstance(kind, RecordAdmin)]
        return [kind for kind in kinds if kind.has_view_permission(request)]


def _find(kind: RecordAdmin, request: HttpRequest, text: str) -> list[SearchResult]:
    if not text:
        return []
    found, _duplicates = kind.get_search_results(request, live(kind.get_queryset(request)), text)
    records = found.order_by("-pk")[:MOST_FOUND]
    route = f"admin:{kind.opts.app_label}_{kind.opts.model_name}_change"
    name = capfirst(str(kind.opts.verbose_name))
    return [
        SearchResult(str(record), name, reverse(route, args=[quote(record.pk)]), "arrow_forward")
        for record in records
    ]


def may_view_customers(request: HttpRequest) -> bool:
    return request.user.has_perm("customers.view_customer")


def may_view_users(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_user")


def may_view_security_events(request: HttpRequest) -> bool:
    return request.user.has_perm("base.view_securityevent")
