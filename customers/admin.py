"""The back office of customers."""

from typing import Any

from babel import Locale
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import FileResponse, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.archive import ArchivableAdmin
from crm.base.back_office.exports import ExportMixin
from crm.base.back_office.filters import (
    ArchivedFilter,
    ChoiceFilter,
    Choices,
    CreatedFilter,
    LongChoiceFilter,
)
from crm.base.back_office.lists import badge, without
from crm.base.back_office.submissions import submission_of
from crm.base.countries import NO_COUNTRIES
from crm.base.images import make_photo
from crm.base.photo_files import store
from customers.admin_forms import CustomerForm
from customers.models import ClientType, Customer
from customers.photos import THUMBNAIL, photo_response
from customers.serializers import CustomerSerializer

COLOURS: dict[str, str] = {ClientType.NATURAL: "plain", ClientType.JURIDICAL: "info"}


class TypeFilter(ChoiceFilter):
    title = _("type")
    parameter_name = "client_type"


class CountryFilter(LongChoiceFilter):
    """Every country, in the reader's language: asking which ones occur would read every row."""

    title = _("country")
    parameter_name = "country_code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        names = Locale.parse(get_language() or "en", sep="-").territories.items()
        known = (
            (code, name) for code, name in names if len(code) == 2 and code not in NO_COUNTRIES
        )
        return sorted(known, key=lambda pair: str(pair[1]))


IDENTITY = (
    *("client_type", "name", "surname", "company_name", "tax_id", "age", "gender", "external_id"),
)
PHOTO = ("photo_shown", "picture", "remove_photo", "photo_url")


@admin.register(Customer)
class CustomerAdmin(ExportMixin, ArchivableAdmin):
    actions = (*ArchivableAdmin.actions, *ExportMixin.EXPORTS)
    exported_as, exported_by = "customers", CustomerSerializer
    list_display = ("customer", "type", "phone", "email", "place", "created_on")
    list_filter = (ArchivedFilter, TypeFilter, CountryFilter, CreatedFilter)
    sortable_by = ("customer", "created_on")
    search_help_text = _("Name, company, phone, email, tax number, city")
    form = CustomerForm
    readonly_fields = (
        *("photo_shown", "phone_as_given", "registered_at"),
        *ArchivableAdmin.readonly_fields,
    )
    fieldsets = (
        (_("Identity"), {"fields": IDENTITY}),
        (_("Contact"), {"fields": ("email", "phone", "phone_as_given", "instagram")}),
        (_("Address"), {"fields": ("address", "city", "postal_code", "country")}),
        (_("Photo"), {"fields": PHOTO}),
        (_("Record"), {"fields": ("registered_at", "created", "changed")}),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.photo_view)
        photo = path("<path:object_id>/photo/", view, name="customers_customer_photo")
        return [photo, *super().get_urls()]

    def photo_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """Show a customer's photo to whoever may see the customer."""
        customer = self.get_object(request, unquote(object_id))
        return photo_response(customer, thumbnail=request.GET.get("size") == THUMBNAIL)

    def prepare(self, request: HttpRequest, object_id: str | None) -> None:
        upload = request.FILES.get("picture")
        if upload:
            submission_of(request).prepare("picture", lambda: store(make_photo(upload)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        """Leave out what makes no sense without a photo, or an unreadable phone."""
        empty = {"photo_shown", "remove_photo"} if not (obj and obj.photo) else set()
        empty |= set() if obj and obj.phone_as_given else {"phone_as_given"}
        return [
            (title, {**options, "fields": without(options["fields"], empty)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    @admin.display(description=_("name"), ordering="name")
    def customer(self, customer: Customer) -> str:
        person = f"{customer.name} {customer.surname}"
        company = '<span class="block font-normal text-subtle">{}</span>'
        lines = f'<span class="block name">{{}}{company}</span>'
        return format_html(lines, person, customer.company_name)

    @admin.display(description=_("city"))
    def place(self, customer: Customer) -> str:
        country = '<span class="block text-subtle">{}</span>'
        return format_html(f"{{}}{country}", customer.city, customer.country)

    @badge(_("type"), COLOURS)
    def type(self, customer: Customer) -> tuple[str, str]:
        return customer.client_type, customer.get_client_type_display()

    @admin.display(description=_("photo"))
    def photo_shown(self, customer: Customer) -> str:
        address = reverse("admin:customers_customer_photo", args=[customer.pk])
        return format_html(
            '<a href="{0}" target="_blank"><img src="{0}?size={1}" alt="" width="160" height="160"'
            ' class="rounded-default"></a>',
            address,
            THUMBNAIL,
        )
