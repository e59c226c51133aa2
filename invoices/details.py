"""What a document says of seller and customer: copies, so that it stays true when they move."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.base.text import LineField, NoteField

SELLER = (
    *("name", "tax_id", "address", "city", "postal_code", "country", "email", "phone"),
    *("bank_details", "footer"),
)
BILLING = ("tax_id", "address", "city", "postal_code", "country", "email", "phone")


def line(name: Any, length: int) -> Any:
    return LineField(name, max_length=length, blank=True, default="", editable=False)


def note(name: Any, length: int) -> Any:
    return NoteField(name, max_length=length, blank=True, default="", editable=False)


class CopiedDetails(models.Model):
    """The seller's details are copied at issue; the customer's also while it is a draft."""

    seller_name = line(_("seller"), 150)
    seller_tax_id = line(_("seller's tax number"), 50)
    seller_address = line(_("seller's address"), 500)
    seller_city = line(_("seller's city"), 100)
    seller_postal_code = line(_("seller's postal code"), 20)
    seller_country = line(_("seller's country"), 100)
    seller_email = line(_("seller's email"), 254)
    seller_phone = line(_("seller's phone"), 20)
    seller_bank_details = note(_("seller's bank details"), 500)
    seller_footer = note(_("footer"), 1000)
    billing_name = line(_("customer's name"), 310)
    billing_tax_id = line(_("customer's tax number"), 50)
    billing_address = line(_("customer's address"), 500)
    billing_city = line(_("customer's city"), 100)
    billing_postal_code = line(_("customer's postal code"), 20)
    billing_country = line(_("customer's country"), 100)
    billing_email = line(_("customer's email"), 254)
    billing_phone = line(_("customer's phone"), 20)

    class Meta:
        abstract = True

    def copy_seller(self, company: Any) -> None:
        for name in SELLER:
            setattr(self, f"seller_{name}", getattr(company, name) or "")

    def copy_billing(self, customer: Any) -> None:
        self.billing_name = str(customer)
        for name in BILLING:
            setattr(self, f"billing_{name}", getattr(customer, name) or "")

    def copy_details_of(self, other: "CopiedDetails") -> None:
        """Name the people whom ``other`` names."""
        for field in CopiedDetails._meta.fields:
            setattr(self, field.name, getattr(other, field.name))
