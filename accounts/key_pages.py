"""What the back office shows of an API key: its state, its use, and once the key itself."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiKey, ApiKeyUse
from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.storing.unit_of_work import unit_of_work

STATES: dict[str, tuple[Any, str]] = {
    "active": (pgettext_lazy("API key", "Active"), "success"),
    "weak": (pgettext_lazy("API key", "Weak"), "warning"),
    "expired": (pgettext_lazy("API key", "Expired"), "warning"),
    "revoked": (pgettext_lazy("API key", "Revoked"), "danger"),
}


def state_of(key: ApiKey) -> str:
    if not key.is_active:
        return "revoked"
    if key.has_expired:
        return "expired"
    return "weak" if key.is_weak else "active"


def use_of(key: ApiKey) -> tuple[Any, str]:
    """Return the panel of a key's page that shows its use per day."""
    days = ApiKeyUse.last_days(key.pk)
    bars = {
        "labels": [date_format(row["day"], "j M") for row in days],
        "datasets": [
            {
                "label": str(_("Customers created")),
                "data": [row["used"] for row in days],
                "backgroundColor": "var(--color-primary-600)",
                "displayYAxis": True,
                "maxTicksXLimit": 8,
            }
        ],
    }
    context = {"bars": json.dumps(bars), "key": key, "today": days[-1]["used"]}
    context["total"] = sum(row["used"] for row in days)
    return _("Use per day"), render_to_string("accounts/key_use.html", context)


def rotate_page(site: Any, request: HttpRequest, key: ApiKey) -> HttpResponseBase:
    """Rotate the key and show the new one; a refusal is told on the key's page."""
    try:
        unit_of_work(partial(key.rotate))
    except REFUSALS as error:
        for _field, text in reasons(error):
            messages.error(request, text)
        return HttpResponseRedirect(address(key))
    return key_page(site, request, key)


def key_page(site: Any, request: HttpRequest, key: ApiKey) -> TemplateResponse:
    """Show the key that was just made: stored nowhere, it is on no other page."""
    context = {
        **site.each_context(request),
        "title": _("New API key"),
        "opts": key._meta,
        "original": key,
        "continue": address(key),
    }
    return TemplateResponse(request, "accounts/key_shown.html", context)


def address(key: ApiKey) -> str:
    return reverse("admin:accounts_apikey_change", args=[key.pk])
