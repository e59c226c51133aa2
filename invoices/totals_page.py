"""What a draft comes to while it is typed: the browser asks, and only shows what it is told."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from crm.base.figures import figure
from crm.base.money import validate_currency
from invoices.admin_columns import sum_rows
from invoices.admin_lines import LineFormSet
from invoices.company import CompanyProfile
from invoices.estimates import estimate


def totals_page(model_admin: Any, request: HttpRequest) -> HttpResponseBase:
    """Answer a POSTed form with ``{"lines": ["100.00", …], "sums": [{"label", "amount"}, …]}``.

    Everything is text as the reader writes it; a line that is not complete yet is "".
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    company = CompanyProfile.objects.current()
    currency = known_currency(request.POST.get("currency", ""), company)
    rows = LineFormSet(company, request.POST)
    amounts, totals = estimate(list(rows.guessed()), currency)
    lines = ["" if amount is None else figure(amount, currency) for amount in amounts]
    return JsonResponse({"lines": lines, "sums": sum_rows(totals, currency)})


def known_currency(typed: str, company: CompanyProfile) -> str:
    """Return the currency that somebody types, or the company's until it is one."""
    code = typed.strip().upper()
    try:
        validate_currency(code)
    except ValidationError:
        return company.currency
    return code
