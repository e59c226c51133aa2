"""Customers: people and companies that buy, or once did."""

import uuid
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from crm.base.archiving import ARCHIVING
from crm.base.context import current
from crm.base.countries import country_code
from crm.base.errors import invalid
from crm.base.models import Archivable
from crm.base.phones import PhoneField, readable_phone
from crm.base.photo_files import photo_path
from crm.base.querysets import RecordQuerySet
from crm.base.text import EmailField, LineField, WebAddressField
from crm.base.trail.history import History

OLDEST = 150


class ClientType(models.TextChoices):
    NATURAL = "natural", _("Person")
    JURIDICAL = "juridical", _("Company")


class CustomerQuerySet(RecordQuerySet["Customer"]):
    def visible_to(self, actor: Any) -> Self:
        """Customers are known to everybody who may view customers."""
        return self if actor.has_perm("customers.view_customer") else self.none()

    def with_phone(self, text: str) -> Self:
        """Keep the customer with this phone, however written; none for what is no phone."""
        phone = readable_phone(text)
        return self.filter(phone=phone) if phone else self.none()


class Customer(Archivable):
    """A person or a company. Deleting means archiving."""

    client_type = models.CharField(
        _("type"), max_length=10, choices=ClientType.choices, default=ClientType.NATURAL
    )
    name = LineField(_("name"), max_length=150)
    surname = LineField(_("surname"), max_length=150, blank=True, default="")
    company_name = LineField(
        _("company name"),
        max_length=150,
        blank=True,
        default="",
        help_text=_("Needed for a company."),
    )
    tax_id = LineField(_("tax number"), max_length=50, blank=True, default="")
    email = EmailField(_("email"), null=True, blank=True)
    phone = PhoneField(
        _("phone"), null=True, blank=True, help_text=_("Any spelling; kept as +584123456789.")
    )
    phone_as_given = LineField(
        _("phone as given"), max_length=200, blank=True, default="", editable=False
    )
    instagram = LineField(_("Instagram"), max_length=100, blank=True, default="")
    address = LineField(_("address"), max_length=500, blank=True, default="")
    city = LineField(_("city"), max_length=100, blank=True, default="")
    postal_code = LineField(_("postal code"), max_length=20, blank=True, default="")
    country = LineField(_("country"), max_length=100, blank=True, default="")
    country_code = models.CharField(
        _("country code"), max_length=2, blank=True, default="", editable=False
    )
    age = models.PositiveSmallIntegerField(
        _("age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    gender = LineField(_("gender"), max_length=20, blank=True, default="")
    photo = models.CharField(_("photo"), max_length=64, null=True, blank=True, editable=False)
    photo_url = WebAddressField(
        _("photo address"),
        blank=True,
        default="",
        help_text=_("A picture elsewhere; kept as a link, never fetched."),
    )
    external_id = LineField(
        _("external number"),
        max_length=100,
        null=True,
        blank=True,
        unique=True,
        help_text=_("The number another system knows this customer by."),
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    search_text = models.TextField(editable=False, default="")

    searchable = (
        *("name", "surname", "company_name", "email", "phone", "phone_as_given", "instagram"),
        *("tax_id", "external_id", "city"),
    )
    tallied: ClassVar = ("client_type", "country_code")
    looked_up: ClassVar = ("email", "external_id", "country_code")
    unchanging: ClassVar = (*Archivable.unchanging, "registered_at")
    restorable: ClassVar = (
        *("client_type", "name", "surname", "company_name", "tax_id", "email", "phone"),
        *("phone_as_given", "instagram", "address", "city", "postal_code", "country", "age"),
        *("gender", "photo", "photo_url", "external_id"),
    )
    left_alone: ClassVar = {"archived_at": ARCHIVING}

    objects = CustomerQuerySet.as_manager()
    history = History(excluded_fields=["search_text"], asked_by=["created_at", "name"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["created_at", "id", "archived_at"], name="customer_by_creation"),
            # The last columns let the live ones of a month be counted without reading their rows,
            # and those be passed over who were not yet there at a moment of the past.
            models.Index(
                fields=["registered_at", "id", "archived_at", "created_at"],
                name="customer_by_registration",
            ),
            models.Index(fields=["updated_at", "id"], name="customer_by_change"),
            models.Index(fields=["country_code", "id", "archived_at"], name="customer_by_country"),
            # Few, and so far between that a list of them would read everybody.
            models.Index(
                fields=["id"], condition=Q(archived_at__isnull=False), name="customer_archived"
            ),
            # With ``customer_email_live``, whose an address was in the past.
            models.Index(
                fields=["email"],
                condition=Q(archived_at__isnull=False),
                name="customer_email_archived",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(archived_at=None),
                name="customer_email_live",
                violation_error_message=_("Another customer has this email."),
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(archived_at=None),
                name="customer_phone_live",
                violation_error_message=_("Another customer has this phone."),
            ),
            models.CheckConstraint(
                condition=Q(client_type__in=ClientType.values), name="customer_type_known"
            ),
            models.CheckConstraint(
                condition=~Q(client_type=ClientType.JURIDICAL) | ~Q(company_name=""),
                name="customer_company_named",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customer_named"),
            models.CheckConstraint(
                condition=Q(age=None) | Q(age__lte=OLDEST), name="customer_age_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.company_name or f"{self.name} {self.surname}".strip()

    def clean(self) -> None:
        self.instagram = self.instagram.lstrip("@ ")
        self.country_code = country_code(self.country) or ""
        if self.client_type == ClientType.JURIDICAL and not self.company_name:
            message = _("A company needs its company name.")
            raise invalid("company_name", message, "required")

    def created(self) -> None:
        """Count it against the daily limit of the API key that creates it.

        Every way of creating a customer passes here, and the key's count is the last statement.
        """
        actor = current().actor
        if isinstance(actor, ApiKey):
            actor.spend(self.created_at)

    def gone(self, name: str, value: Any) -> str:
        if name == "photo" and value and not photo_path(value).exists():
            return gettext("The picture is not kept any more.")
        return super().gone(name, value)

    def set_photo(self, digest: str | None) -> None:
        """Show the stored picture ``digest`` (SHA-256, hex), or none."""
        self.photo = digest
        self.save()
