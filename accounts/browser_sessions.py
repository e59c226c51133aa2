"""Sessions of the back office: rows that know whose they are. The engine of SESSION_ENGINE."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import InternalError, OperationalError, connection, models
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.context import current

USED_LATELY = timedelta(minutes=10)  # no session is noted as used more often
SIGN_IN = "sign_in"  # under which the session's data tells when, where and with what it began


class BrowserSessionQuerySet(models.QuerySet["BrowserSession"]):
    def open(self) -> "BrowserSessionQuerySet":
        return self.filter(expire_date__gt=timezone.now())


class BrowserSession(AbstractBaseSession):
    """Somebody signed in to the back office, in one browser; nobody until they have signed in."""

    kind: ClassVar = _("Browser")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="browser_sessions",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=45, default="")
    user_agent = models.CharField(_("device"), max_length=200, default="")
    created_at = models.DateTimeField(_("signed in"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), default=timezone.now)

    objects: ClassVar = BaseSessionManager.from_queryset(BrowserSessionQuerySet)()

    class Meta:
        ordering = ["-created_at", "session_key"]
        verbose_name = _("session of the back office")
        verbose_name_plural = _("sessions of the back office")

    def __str__(self) -> str:  # the key opens the session, so it is shown nowhere
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore

    def touch(self, now: datetime) -> None:
        """Note that it is in use; a database that takes no writes still shows its pages."""
        if now - self.used_at < USED_LATELY:
            return
        try:
            BrowserSession.objects.filter(pk=self.pk).update(used_at=now)
        except (OperationalError, InternalError):  # as SQLite tells of that, and PostgreSQL
            if connection.in_atomic_block:
                raise


class SessionStore(db.SessionStore):
    """Reads a session and its user in one statement, and keeps whose it is beside the data.

    https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
    """

    _read_user: Any = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    @property
    def user(self) -> Any:
        """Return the user that was read with the session, None for a session of nobody."""
        return self._read_user if SESSION_KEY in self else None

    def load(self) -> dict[str, Any]:
        known = BrowserSession.objects.open().select_related("user")
        if "\0" in str(self.session_key):  # which PostgreSQL would not even look for
            known = known.none()
        try:
            row = known.get(pk=self.session_key)
        except BrowserSession.DoesNotExist:
            self._session_key = None  # whoever made it up does not get it
            return {}
        row.touch(timezone.now())
        self._read_user = row.user
        data: dict[str, Any] = self.decode(row.session_data)
        return data

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """Return the row as it is to be stored: Django makes it anew, so the data tells all."""
        row = cast("BrowserSession", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        for name, value in data.get(SIGN_IN, {}).items():
            setattr(row, name, value)
        return row


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, **_told: Any) -> None:
    request.session[SIGN_IN] = {
        "created_at": timezone.now().isoformat(),
        "address": current().address,
        "user_agent": request.headers.get("User-Agent", "")[:200],
    }
