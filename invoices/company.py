"""Who sells: the company's own details, of which there is one record."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import check_time_zone
from crm.base import as_of
from crm.base.errors import invalid
from crm.base.models import Record
from crm.base.money import CurrencyField
from crm.base.phones import PhoneField
from crm.base.querysets import RecordQuerySet
from crm.base.text import EmailField, LineField, NoteField
from crm.base.trail.history import History

ONLY = 1
LONGEST_TERM = 365


def installation_time_zone() -> str:
    return str(settings.TIME_ZONE)


def installation_language() -> str:
    return str(settings.LANGUAGE_CODE)


class CompanyProfileQuerySet(RecordQuerySet["CompanyProfile"]):
    def visible_to(self, actor: Any) -> Self:
        return self if actor.has_perm("invoices.view_companyprofile") else self.none()

    def current(self) -> "CompanyProfile":
        """Return the company; one without a name while nobody has described it."""
        return self.filter(singleton=ONLY).first() or self.model()

    def today(self) -> date:
        """Return the day it is where the company is."""
        zones = self.filter(singleton=ONLY).values_list("time_zone", flat=True)
        return _today(next(iter(zones), settings.TIME_ZONE))


class CompanyProfile(Record):
    """What documents say of whoever issues them, and what new ones start from."""

    singleton = models.PositiveSmallIntegerField(default=ONLY, unique=True, editable=False)
    name = LineField(pgettext_lazy("of a thing", "name"), max_length=150)
    tax_id = LineField(_("tax number"), max_length=50, blank=True, default="")
    address = LineField(_("address"), max_length=500, blank=True, default="")
    city = LineField(_("city"), max_length=100, blank=True, default="")
    postal_code = LineField(_("postal code"), max_length=20, blank=True, default="")
    country = LineField(_("country"), max_length=100, blank=True, default="")
    email = EmailField(_("email"), null=True, blank=True)
    phone = PhoneField(_("phone"), null=True, blank=True)
    bank_details = NoteField(
        _("bank details"), max_length=500, blank=True, default="", help_text=_("IBAN, bank, BIC.")
    )
    footer = NoteField(
        _("footer"),
        max_length=1000,
        blank=True,
        default="",
        help_text=_("At the foot of every page: register, legal form."),
    )
    logo = models.CharField(_("logo"), max_length=64, null=True, blank=True, editable=False)
    currency = CurrencyField(_("currency"))
    tax_rates = LineField(
        _("tax rates"),
        max_length=100,
        blank=True,
        default="0",
        help_text=_("In per cent, such as 21, 10, 0. New lines start with the first."),
    )
    payment_term_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=30, validators=[MaxValueValidator(LONGEST_TERM)]
    )
    language = models.CharField(
        _("language of documents"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=installation_language,
    )
    time_zone = LineField(
        _("time zone"),
        max_length=50,
        default=installation_time_zone,
        validators=[check_time_zone],
        help_text=_("Where the company's day begins, such as America/Caracas."),
    )

    objects = CompanyProfileQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["id"]
        verbose_name = _("company profile")
        verbose_name_plural = _("company profile")
        constraints = [
            models.CheckConstraint(condition=Q(singleton=ONLY), name="company_only_one"),
            models.CheckConstraint(condition=~Q(name=""), name="company_named"),
            models.CheckConstraint(
                condition=Q(payment_term_days__lte=LONGEST_TERM), name="company_term_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        rates = _read_rates(self.tax_rates)
        self.tax_rates = ", ".join(f"{rate.normalize():f}" for rate in rates)

    def set_logo(self, digest: str | None) -> None:
        """Print the stored picture ``digest`` (SHA-256, hex), or none."""
        self.logo = digest
        self.save()

    def today(self) -> date:
        """Return the day it is where the company is."""
        return _today(self.time_zone)

    def rates(self) -> Sequence[Decimal]:
        """Return the tax rates to choose from, in per cent; the usual one first."""
        return _read_rates(self.tax_rates)


def _today(zone: str) -> date:
    return timezone.localdate(as_of.now(), ZoneInfo(zone))


def _read_rates(text: str) -> list[Decimal]:
    try:
        rates = [Decimal(part.strip().rstrip("% ")) for part in text.split(",") if part.strip()]
        possible = all(0 <= rate <= 100 and round(rate, 3) == rate for rate in rates)
    except InvalidOperation:
        possible = False
    if not possible:
        message = _("Use numbers from 0 to 100 with commas between them, such as 21, 10, 0.")
        raise invalid("tax_rates", message, "bad_rates")
    return list(dict.fromkeys(rates))
