"""Sessions of the API: the row decides, the tokens only name it."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Two tabs may present one refresh token at once; the loser is no thief.
GRACE = timedelta(seconds=10)


class AuthSessionQuerySet(models.QuerySet["AuthSession"]):
    def open(self) -> "AuthSessionQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def revoke(self) -> int:
        """End the sessions; return how many were open."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())

    def rotate(self, session_id: int, used: str, fresh: str) -> bool:
        """Replace the refresh token ``used`` by ``fresh``; False when somebody was faster.

        One conditional UPDATE: of parallel requests with one token exactly one succeeds.
        """
        now = timezone.now()
        # No join: it would move the conditions into a subquery, which PostgreSQL does not ask
        # again after it waited for the row, so that every waiting request would succeed.
        active = get_user_model()._base_manager.filter(is_active=True)
        current = self.open().filter(pk=session_id, token_id=used, user__in=active)
        return bool(
            current.update(
                token_id=fresh,
                previous_token_id=used,
                rotated_at=now,
                expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
            )
        )


class AuthSession(models.Model):
    """Somebody signed in over the API, on one device."""

    kind: ClassVar = _("Program")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("user")
    )
    token_id = models.CharField(max_length=32)  # of the refresh token in use
    previous_token_id = models.CharField(max_length=32, default="")
    address = models.CharField(_("address"), max_length=45, default="")
    user_agent = models.CharField(_("device"), max_length=200, default="")
    created_at = models.DateTimeField(_("signed in"), default=timezone.now)
    rotated_at = models.DateTimeField(_("last used"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    revoked_at = models.DateTimeField(_("ended"), null=True)

    objects = AuthSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"

    @property
    def used_at(self) -> datetime:
        """When it was last renewed, which a program does every few minutes."""
        return self.rotated_at

    def is_late(self, token_id: str) -> bool:
        """Tell whether ``token_id`` was replaced only just now."""
        return token_id == self.previous_token_id and timezone.now() - self.rotated_at < GRACE


class KnownNetwork(models.Model):
    """A network from which somebody has signed in before; their own budget waits there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    network = models.CharField(max_length=45)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "network"], name="known_network_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.network}"

    @classmethod
    def remember(cls, user: Any, network: str) -> None:
        cls.objects.update_or_create(
            user=user, network=network, defaults={"seen_at": timezone.now()}
        )
