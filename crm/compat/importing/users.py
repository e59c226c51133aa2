"""Users of an old service, who keep their passwords and never become somebody else."""

import re
from collections.abc import Sequence
from typing import Any

import bcrypt
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.login import canonical_name
from accounts.models import User
from crm.base.storing.bulk_inserts import insert_rows
from crm.base.text import canonical_email
from crm.compat.importing.fitting import fit
from crm.compat.importing.rows import LONGEST_KEY, Refused, Row
from crm.compat.importing.table import Table
from crm.compat.models import USERNAME, ImportedRow, LegacyId

BCRYPT = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")
_NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")
# What a service's own documentation tells everybody.
PUBLISHED = {"admin": "admin123"}


class Users(Table):
    model = User
    kind = "user"

    def values(self, row: Row) -> dict[str, Any]:
        """Return our fields of ``row``, in its own words, and ``password``: its hash."""
        raise NotImplementedError

    def make(self, row: Row) -> User:
        values = self.values(row)
        hashed = str(values.pop("password") or "")
        values["username"] = _username(row, str(values["username"] or ""))
        record: User = fit(row, User, values)
        record.password = _password(row, record.username, hashed)
        return record

    def settle(self, rows: Sequence[Row]) -> None:
        new = [row for row in rows if row.is_new]
        names = _Taken("username", self.run.service.slug)
        emails = _Taken("email", self.run.service.slug)
        for row in new:
            names.rename(row)
            emails.leave_out(row)

    def remember(self, rows: Sequence[Row]) -> None:
        """Keep the names that clients of the service sign in with, where ours are others."""
        slug = self.run.service.slug
        former: dict[str, int] = {}
        for row in rows:
            name = canonical_name(str(row.values["username"]))
            if name != row.record.username and len(name) <= LONGEST_KEY:
                former.setdefault(name, row.record.pk)
        own = ImportedRow.objects.filter(service=slug, table=self.name).values("record_id")
        same = User.objects.filter(username__in=former, pk__in=own).values_list("username")
        known = LegacyId.objects.of(slug, USERNAME).filter(legacy_id__in=former)
        taken = {name for [name] in same.union(known.values_list("legacy_id"))}
        values = {"service": slug, "kind": USERNAME}
        insert_rows(
            LegacyId,
            [
                {**values, "legacy_id": name, "record_id": pk}
                for name, pk in former.items()
                if name not in taken
            ],
        )

    def follow(self, row: Row, stored: Any) -> None:
        """Leave people as they are: who may do what is decided here since they came."""
        row.note("not_followed", _("It has changed there: change it here where it should be."))


class _Taken:
    """Whether somebody else has a username or an email, of which there can be one."""

    def __init__(self, field: str, slug: str) -> None:
        self._field, self._slug, self._here = field, slug, set[str]()

    def _is_taken(self, value: str) -> bool:
        stored = User.objects.filter(**{self._field: value})
        return value in self._here or stored.exists()

    def rename(self, row: Row) -> None:
        """Add the service to a username that somebody has: two people are not one by a name."""
        name = free = row.record.username
        number = 1
        while self._is_taken(free):
            ending = f"-{self._slug}" + (f"-{number}" if number > 1 else "")
            free, number = name[: 150 - len(ending)] + ending, number + 1
        if free != name:
            message = _("The name is taken by somebody else here: they sign in as %(name)s.")
            row.note("renamed", message % {"name": free}, "username", name)
            row.record.username = free
        self._here.add(free)

    def leave_out(self, row: Row) -> None:
        email = canonical_email(row.record.email or "")
        if email and self._is_taken(email):
            row.note("email_taken", _("Another user has this email: left out."), "email", email)
            row.record.email = None
        elif email:
            self._here.add(email)


def _username(row: Row, name: str) -> str:
    plain = _NOT_IN_NAMES.sub("-", name.strip()).strip("-")
    if not plain:
        raise Refused("nameless", _("It has no username."), "username", name)
    if plain.lower() != name.lower():
        row.note(
            "renamed", _("They sign in as %(name)s.") % {"name": plain.lower()}, "username", name
        )
    return plain


def _password(row: Row, username: str, hashed: str) -> str:
    """Return the hash as Django keeps it: at the first login it becomes one of today's."""
    if not BCRYPT.fullmatch(hashed):
        message = _("Its password cannot be taken over: an administrator has to set one.")
        row.note("no_password", message, "password")
        return make_password(None)
    if (published := PUBLISHED.get(username)) and bcrypt.checkpw(
        published.encode(), hashed.encode()
    ):
        message = _("Everybody knows its password: an administrator has to set another one.")
        row.note("published_password", message, "password")
        return make_password(None)
    return f"bcrypt${hashed}"
