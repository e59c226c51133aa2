"""Values of a record's fields as people read them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base import figures
from crm.base.money import MoneyField
from crm.base.trail.event_kinds import DETAILS, detail_label

NOTHING = "–"
SOURCES = {
    "admin": gettext_lazy("back office"),
    "api": gettext_lazy("API"),
    "compat": gettext_lazy("replaced service"),
    "console": gettext_lazy("console"),
    "command": gettext_lazy("command"),
    "import": gettext_lazy("import"),
    "worker": gettext_lazy("background work"),
}
SYSTEM_ROLES = {
    "system": gettext_lazy("system"),
    "api_key": gettext_lazy("API key"),
    "public": gettext_lazy("public form"),
}


def label(field: Any) -> str:
    return capfirst(str(field.verbose_name))


def readable(field: Any, value: Any) -> str:
    """Return a value of ``field``: a choice's label, a time in the reader's time zone.

    An amount keeps the decimals of its currency, another number only those that say something.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return plain(value)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return figures.grouped(value) if isinstance(field, MoneyField) else figures.plain(value)
    if isinstance(value, dict):
        return plain(value) or NOTHING
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def plain(value: Any) -> str:
    """Return a value of which no field is known."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else str(value)


def moment(time: datetime, person: Any, form: str = "SHORT_DATETIME_FORMAT") -> str:
    """Return when, in the reader's time zone, and by whom; None is the system."""
    when = date_format(timezone.localtime(time), form)
    by = format_html(' <span class="text-subtle">· {}</span>', person.username) if person else ""
    return format_html('<span class="whitespace-nowrap">{}</span>{}', when, by)


def role_label(role: str) -> str:
    roles = dict(get_user_model()._meta.get_field("role").flatchoices)
    return str(roles.get(role) or SYSTEM_ROLES.get(role, role))


def source_label(source: str) -> str:
    return str(SOURCES.get(source, source))


def details(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what each detail of a security event is called, and what it says."""
    known = list(DETAILS)
    # PostgreSQL keeps them in an order of its own.
    for name in sorted(values, key=lambda name: (known.index(name) if name in known else -1, name)):
        value = values[name]
        text = role_label(value) if name in ("old", "new") else plain(value)
        if text:
            yield detail_label(name), text


class Names:
    """The names of the records that the foreign keys among ``rows`` of values point to.

    One statement per foreign key. What the reader may not see stays nameless.
    """

    def __init__(self, model: Any, actor: Any, rows: Iterable[dict[str, Any]]) -> None:
        wanted: dict[str, set[str]] = {}
        for name, value in (pair for row in rows for pair in row.items()):
            if model._meta.get_field(name).is_relation and _may_be_id(value):
                wanted.setdefault(name, set()).add(str(value))
        self._names = {name: self._of(model, name, pks, actor) for name, pks in wanted.items()}

    @staticmethod
    def _of(model: Any, name: str, pks: set[str], actor: Any) -> dict[str, str]:
        related = model._meta.get_field(name).related_model._default_manager
        visible = related.all().visible_to(actor).filter(pk__in=pks)
        return {str(record.pk): str(record) for record in visible}

    def readable(self, field: Any, value: Any) -> str:
        if field.is_relation and _may_be_id(value):
            return self._names[field.name].get(str(value)) or _("not visible to you")
        return readable(field, value)


def _may_be_id(value: Any) -> bool:
    return str(value).isdecimal() and len(str(value)) <= 18
