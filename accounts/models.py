"""Users, and when their sessions end."""

import unicodedata
import uuid
import zoneinfo
from functools import cache
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.api_keys import ApiKey
from accounts.browser_sessions import BrowserSession
from accounts.key_use import ApiKeyUse
from accounts.roles import PERMISSIONS, Role, may_in_app
from accounts.sessions import AuthSession, KnownNetwork
from crm.base.errors import Conflict, NeedsConfirmation, invalid
from crm.base.models import Archivable
from crm.base.phones import PhoneField
from crm.base.querysets import RecordQuerySet
from crm.base.registry import Question, archive_guards
from crm.base.text import EmailField, LineField
from crm.base.trail import security_events
from crm.base.trail.history import History, actor_id

# What becomes of a person's open work when they are deactivated; higher apps answer.
deactivated: Question[None] = Question("deactivated")


@cache  # each look at the machine's files takes 9 ms
def time_zones() -> frozenset[str]:
    """Return the names of places and offsets; two others stand for whatever a machine has."""
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})


def check_time_zone(name: str) -> None:
    if name not in time_zones():
        message = _("%(name)s is not a time zone. Use a name such as America/Caracas.")
        raise ValidationError(message, code="unknown_time_zone", params={"name": name})


class UsernameField(LineField[str, str]):
    """A username in its one canonical spelling, so that nobody can register a look-alike."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return unicodedata.normalize("NFKC", text).lower() if isinstance(text, str) else text


class UserQuerySet(RecordQuerySet["User"]):
    def visible_to(self, actor: Any) -> Self:
        """Those who manage people or give them work see everybody, others themselves."""
        if actor.has_perm("accounts.view_user") or actor.has_perm("accounts.assign_user"):
            return self
        return self.filter(pk=actor.pk) if isinstance(actor, User) else self.none()

    def active_admins(self) -> Self:
        return self.filter(role=Role.ADMIN, is_active=True)

    def lock_admins(self) -> list[int]:
        """Lock the active admins' rows and return their ids.

        Whoever may remove an admin calls it before locking anything else, always in the order of
        ids: of two who remove each other the second waits, then sees what the first did.
        """
        admins = self.active_admins().order_by("pk").select_for_update(no_key=True)
        return list(admins.values_list("pk", flat=True))

    def assignable(self) -> Self:
        """Who can be given work."""
        return self.filter(is_active=True)

    def permitted(self, permission: str) -> Self:
        """Keep the active people whose role has ``permission``."""
        return self.filter(is_active=True, role__in=sorted(PERMISSIONS.get(permission, ())))

    def delete(self) -> Any:
        raise Conflict(_("People are deactivated, not deleted."), code="not_deletable")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user; without a password nobody can sign in as them.

        The password's strength is the caller's to check, as in Django.
        """
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user of role admin, for ``manage.py createsuperuser``.

        Raises ``ValidationError`` for a weak password: not interactive, the command takes any.
        """
        if password is not None:
            validate_password(password, self.model(username=username))
        return self.create_user(username, password, **fields | {"role": Role.ADMIN})


class User(AbstractBaseUser, Archivable):
    """Somebody who works with the CRM. Deactivated rather than deleted."""

    username = UsernameField(
        _("username"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _ only."),
    )
    email = EmailField(_("email"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.SALES)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Inactive people cannot sign in.")
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone = PhoneField(_("phone"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, default=""
    )
    time_zone = models.CharField(
        _("time zone"), max_length=50, blank=True, default="", validators=[check_time_zone]
    )
    notice_switches = models.JSONField(
        _("notices"), default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    search_text = models.TextField(editable=False, default="")
    # Who takes over the open work of somebody who is deactivated; nobody unless a caller asked.
    successor: "User | None" = None
    last_login = None  # sessions tell; a login is not a change of the record

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]
    searchable = ("username", "email", "phone")

    objects = UserManager()
    history = History(excluded_fields=["password", "search_text"])

    class Meta:
        ordering = ["id"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_once",
                violation_error_message=_("Another user has this email."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def actor_name(self) -> str:
        return self.username

    @property
    def actor_role(self) -> str:
        return self.role

    @property
    def is_staff(self) -> bool:
        """Everybody who works here may enter the back office; roles decide what they find."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def has_module_perms(self, app_label: str) -> bool:
        return may_in_app(self.role, app_label) and self.is_active

    def check_password(self, raw_password: str | None) -> bool:
        try:
            return check_password(raw_password, self.password, self._upgrade_hash)
        except ValueError:  # what an import brought is no hash
            return False

    def _upgrade_hash(self, raw_password: str) -> None:
        """Store the same password under today's algorithm; that is no change of the record."""
        # Only while it is the password: a change meanwhile must not be undone.
        unchanged = User.objects.filter(pk=self.pk, password=self.password)
        encoded = make_password(raw_password)
        if unchanged.derived_update(password=encoded):
            self.password = encoded

    def change_password(self, hashed: str, *, keep: int = 0) -> None:
        """Store a new password's hash and end every session but ``keep``."""
        self.password = hashed
        self.save()
        self.end_sessions(keep=keep)

    def end_sessions(self, *, keep: int = 0, browser: str = "") -> None:
        """End every session but the one of the API numbered ``keep`` and that of ``browser``."""
        AuthSession.objects.filter(user=self).exclude(pk=keep).revoke()
        BrowserSession.objects.filter(user=self).exclude(pk=browser).delete()

    def archive(self, *, confirmed: bool = False) -> None:
        """Deactivate somebody for good: their name stays on what they did."""
        self.is_active = False
        super().archive(confirmed=confirmed)

    def ask_before_leaving(self) -> None:
        """Raise ``NeedsConfirmation`` when somebody active has open work, and no successor."""
        reasons = archive_guards.ask(self) if self._loaded["is_active"] else []
        if reasons:
            raise NeedsConfirmation(reasons)

    def restore(self) -> None:
        self.is_active = True
        super().restore()

    def delete(self, *args: Any, **options: Any) -> Any:
        raise Conflict(_("People are deactivated, not deleted."), code="not_deletable")

    def guard(self, changed: list[str]) -> None:
        """Keep one active admin, and end the sessions of whoever is deactivated."""
        super().guard(changed)
        was_admin = self._loaded.get("is_active") and self._loaded.get("role") == Role.ADMIN
        if was_admin and not (self.is_active and self.role == Role.ADMIN):
            self._keep_an_admin()
        if "is_active" in changed and not self.is_active:
            self._check_successor()
            self.end_sessions()
            deactivated.ask(self)
        self._note_for_auditors(changed)

    def _note_for_auditors(self, changed: list[str]) -> None:
        if "role" in changed:
            old, new = self._loaded.get("role"), self.role
            security_events.note("role_changed", of=self.username, old=old, new=new)
        if "password" in changed:
            own = actor_id() == self.pk
            security_events.note("password_changed" if own else "password_set", of=self.username)

    def _check_successor(self) -> None:
        heir = self.successor
        if heir and (heir.pk == self.pk or not User.objects.assignable().filter(pk=heir.pk)):
            message = _("The successor is somebody else who is active.")
            raise invalid("successor", message, "not_assignable")

    def _keep_an_admin(self) -> None:
        if not set(User.objects.lock_admins()) - {self.pk}:
            raise Conflict(
                _("This is the last active administrator. Make somebody else one first."),
                code="last_admin",
            )


def hash_of(password: str, user: User | None = None, field: str = "password") -> str:
    """Return the hash of ``password``; raises ``ValidationError`` on ``field`` for a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({field: error.error_list}) from error
    return make_password(password)


__all__ = [
    "ApiKey",
    "ApiKeyUse",
    "AuthSession",
    "BrowserSession",
    "KnownNetwork",
    "User",
    "deactivated",
    "hash_of",
]
