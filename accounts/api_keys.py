"""API keys: programs that act by themselves, each within its scopes and its daily limit."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import key_text, scopes
from accounts.key_use import ApiKeyUse
from accounts.scopes import Scope, check_scopes, default_scopes
from crm.base.context import API_KEY
from crm.base.errors import Conflict, invalid
from crm.base.querysets import RecordQuerySet
from crm.base.quotas import Quota
from crm.base.records import Record
from crm.base.text import LineField
from crm.base.trail import security_events
from crm.base.trail.history import History

DAILY_LIMIT = 35
HIGHEST_LIMIT = 1_000_000
USED_LATELY = timedelta(minutes=1)
AS_ACTOR = "API key {}"  # what histories call a key


class ApiKeyQuerySet(RecordQuerySet["ApiKey"]):
    def visible_to(self, actor: Any) -> Self:
        """Keys are known to those who manage them; no key knows another, or itself."""
        return self if actor.has_perm("accounts.view_apikey") else self.none()

    def presented(self, text: str) -> Self:
        """Keep the valid key that ``text`` is.

        Its hash is looked up: how long that takes tells nothing to whoever has not the pepper.
        """
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, hash=key_text.digest(text), is_active=True)


class ApiKey(Record):
    """A key that a program signs in with; the key itself is stored nowhere.

    ``secret`` is the key while the object lives that made it. ``quota`` is what the request under
    way left of the daily limit.
    """

    name = LineField(
        pgettext_lazy("of a thing", "name"),
        max_length=100,
        unique=True,
        help_text=_("Whose it is and what for. The history names it."),
    )
    prefix = models.CharField(_("prefix"), max_length=key_text.SHOWN, editable=False, default="")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    is_weak = models.BooleanField(_("weak"), default=False, editable=False)
    scopes = models.JSONField(_("scopes"), default=default_scopes, validators=[check_scopes])
    daily_limit = models.PositiveIntegerField(
        _("customers a day"),
        default=DAILY_LIMIT,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_LIMIT)],
        help_text=_("How many it may create in a day, which begins at midnight UTC."),
    )
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: it does not.")
    )
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    search_text = models.TextField(editable=False, default="")

    searchable = ("name", "prefix")
    secret = ""
    quota: Quota | None = None

    objects = ApiKeyQuerySet.as_manager()
    history = History(excluded_fields=["hash", "last_used_at", "search_text"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_limit__gte=1, daily_limit__lte=HIGHEST_LIMIT),
                name="api_key_limit_possible",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="api_key_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        if not self.hash:
            self.take(key_text.new())
        super().prepare()

    def clean(self) -> None:
        self.scopes = [scope for scope in Scope.values if scope in self.scopes]
        was = None if self._state.adding else self._loaded.get("expires_at")
        if self.expires_at and self.expires_at != was and self.expires_at <= timezone.now():
            raise invalid("expires_at", _("This time is past. Revoke the key instead."), "past")

    def save(self, **options: Any) -> None:
        with transaction.atomic():  # what is noted beside a new key is stored with it
            super().save(**options)

    def created(self) -> None:
        security_events.note("key_created", key=self.name)

    def guard(self, changed: list[str]) -> None:
        if not self.is_active and "is_active" not in changed:
            raise Conflict(_("This key is revoked. Create another one."), code="revoked")
        if "hash" in changed:
            security_events.note("key_rotated", key=self.name)
        if "is_active" in changed:
            security_events.note("key_revoked", key=self.name)

    def take(self, text: str) -> None:
        """Be the key ``text``; raises ``ValidationError`` for what no header can carry."""
        if not key_text.VISIBLE.fullmatch(text):
            raise invalid("key", _("A key has 1 to 200 visible ASCII characters."), "bad_key")
        self.secret = text
        self.hash = key_text.digest(text)
        self.prefix = key_text.shown(text)
        self.is_weak = key_text.is_weak(text)

    def rotate(self) -> str:
        """Replace the key, at once and for good; return the new one. What was used stays used."""
        self.take(key_text.new())
        self.save()
        return self.secret

    def revoke(self) -> None:
        """End the key for good; what it did keeps its name."""
        self.is_active = False
        self.save()

    def touch(self, now: datetime) -> None:
        """Note that the key is in use; at most once a minute, and no change of the record."""
        if self.last_used_at is None or now - self.last_used_at >= USED_LATELY:
            before = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_LATELY)
            ApiKey.objects.filter(before, pk=self.pk).derived_update(last_used_at=now)

    def spend(self, moment: datetime) -> None:
        """Count one customer created at ``moment``, in the transaction that creates it.

        Raises ``QuotaExceeded``.
        """
        self.quota = ApiKeyUse.count(self.pk, self.daily_limit, moment)

    def check_quota(self) -> None:
        """Raise ``QuotaExceeded`` when today's is used up, before anything else is looked at.

        ``spend`` alone decides: this may let one through that it then refuses.
        """
        ApiKeyUse.require(self.pk, self.daily_limit)

    @property
    def actor_name(self) -> str:
        return AS_ACTOR.format(self.name)

    @property
    def actor_role(self) -> str:
        return API_KEY

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return scopes.may(self.scopes, perm)

    def why_not(self, perm: str) -> str:
        return scopes.why_not(perm)

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
