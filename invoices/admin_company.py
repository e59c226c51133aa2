"""The back office of the company's own details: one page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from crm.base.back_office.forms import RecordForm
from crm.base.back_office.lists import without
from crm.base.back_office.records import RecordAdmin
from crm.base.back_office.submissions import submission_of
from crm.base.images import make_photo
from crm.base.photo_files import photo_path, store
from crm.base.private_files import private_file
from invoices.models import CompanyProfile


class CompanyForm(RecordForm):
    """``picture`` is decoded and stored before the unit of work opens, and prepared as a digest."""

    picture = forms.FileField(
        label=_("New logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. Documents issued from now on show it."),
    )
    remove_logo = forms.BooleanField(
        label=_("Remove logo"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in {"bank_details", "footer"} & self.fields.keys():
            self.fields[name].widget.attrs["rows"] = 3

    def clean_picture(self) -> Any:
        return self.take("picture")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("picture"):
            self.instance.logo = self.cleaned_data["picture"]
        elif self.cleaned_data.get("remove_logo"):
            self.instance.logo = None


@admin.register(CompanyProfile)
class CompanyProfileAdmin(RecordAdmin):
    list_display = ("name",)
    search_fields = ()
    form = CompanyForm
    readonly_fields = ("logo_shown", *RecordAdmin.readonly_fields)
    fieldsets = (
        (_("Company"), {"fields": ("name", "tax_id")}),
        (_("Address"), {"fields": ("address", ("postal_code", "city"), "country")}),
        (_("Contact"), {"fields": (("email", "phone"),)}),
        (_("Logo"), {"fields": ("logo_shown", "picture", "remove_logo")}),
        (
            _("New documents"),
            {
                "fields": (
                    *(("currency", "language"), "tax_rates", "payment_term_days", "time_zone"),
                )
            },
        ),
        (_("Printed on documents"), {"fields": ("bank_details", "footer")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.logo_view)
        logo = path("<path:object_id>/logo/", view, name="invoices_companyprofile_logo")
        return [logo, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not CompanyProfile.objects.exists()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the one page there is."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        company = CompanyProfile.objects.visible_to(request.user).first()
        if company is None:
            return HttpResponseRedirect(reverse("admin:invoices_companyprofile_add"))
        address = reverse("admin:invoices_companyprofile_change", args=[company.pk])
        return HttpResponseRedirect(address)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context |= {"show_save_and_add_another": False}  # there is one
        return super().render_change_form(request, context, *args, **options)

    def logo_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """Show the logo to whoever may see the company's details."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        company = self.get_object(request, unquote(object_id))
        if not company.logo:
            raise Http404
        return private_file(photo_path(company.logo), "image/webp", "logo.webp")

    def prepare(self, request: HttpRequest, object_id: str | None) -> None:
        upload = request.FILES.get("picture")
        if upload:
            submission_of(request).prepare("picture", lambda: store(make_photo(upload)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        """Leave out what makes no sense without a logo."""
        empty = set() if obj and obj.logo else {"logo_shown", "remove_logo"}
        return [
            (title, {**options, "fields": without(options["fields"], empty)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    @admin.display(description=_("logo"))
    def logo_shown(self, company: CompanyProfile) -> str:
        address = reverse("admin:invoices_companyprofile_logo", args=[company.pk])
        return format_html('<img src="{}" alt="" class="logo">', address)
