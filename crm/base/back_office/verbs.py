"""Verbs of a record as buttons and bulk actions: asked about first, then done to all or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.errors import Conflict, NeedsConfirmation, RuleError
from crm.base.storing.unit_of_work import unit_of_work

Method = TypeVar("Method", bound=Callable[..., Any])
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Verb:
    """What may be done to records.

    ``run`` takes a record and whether the person confirmed; it may raise ``NeedsConfirmation``,
    with what ``warn`` returns. ``done`` is a sentence with ``%(count)d``.
    """

    label: Any
    question: Any
    done: Any
    run: Callable[[Any, bool], Any]
    warn: Callable[[Any], Sequence[Any]] = lambda record: ()


def button(label: Any, *, path: str, icon: str, permission: str) -> Callable[[Method], Method]:
    """Make a method of an admin a button of the record's page, at ``<id>/<path>/``.

    It is a link, so the method must change nothing before it is POSTed to.
    """

    def mark(method: Method) -> Method:
        marked = action(description=label, url_path=path, icon=icon, permissions=[permission])
        return cast("Method", marked(method))

    return mark


def do_all(records: QuerySet[Any], verb: Verb, confirmed: bool) -> int:
    """Do ``verb`` to every record and return how many there were.

    Raises the first refusal, naming the record, or ``NeedsConfirmation`` with everybody's
    reasons: run it in a unit of work.
    """
    warnings: list[str] = []
    locked = list(records.order_by("pk").select_for_update(of=("self",), no_key=True))
    for record in locked:
        try:
            verb.run(record, confirmed)
        except NeedsConfirmation as error:
            warnings += [f"{record}: {reason}" for reason in error.extra["reasons"]]
        except (RuleError, ValidationError, IntegrityError) as error:
            raise Conflict(f"{record}: {' '.join(_sentences(error))}") from error
    if warnings:
        raise NeedsConfirmation(warnings)
    return len(locked)


def _sentences(error: Exception) -> Iterable[str]:
    return (text for _field, text in reasons(error))


class VerbsMixin:
    """What an admin needs to offer verbs."""

    def ask(self: Any, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponseBase:
        """Ask about one record, and do it when the question comes back as a POST."""
        record = self.get_object(request, unquote(object_id))
        back = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk]
        )
        if request.method != "POST":
            return cast(
                "HttpResponseBase",
                self.confirmation(request, verb, [record], verb.warn(record), back),
            )
        return cast("HttpResponseBase", self.do(request, [record.pk], verb, back))

    def do(
        self: Any, request: HttpRequest, pks: list[Any], verb: Verb, back: str
    ) -> HttpResponseBase:
        """Do it in one unit of work and go ``back``, or ask again with what speaks against it."""
        records = self.get_queryset(request).filter(pk__in=pks)
        work = partial(self.locked, partial(do_all, records, verb, "confirmed" in request.POST))
        try:
            count = unit_of_work(work)
        except NeedsConfirmation as error:
            warnings = error.extra["reasons"]
            return cast(
                "HttpResponseBase", self.confirmation(request, verb, list(records), warnings, back)
            )
        except REFUSALS as error:
            for text in _sentences(error):
                self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, verb.done % {"count": count}, messages.SUCCESS)
        return HttpResponseRedirect(back)

    def confirmation(
        self: Any, request: HttpRequest, verb: Verb, records: list[Any], warnings: Any, back: str
    ) -> HttpResponseBase:
        """Show the question; the form repeats a bulk action's own fields."""
        names = (ACTION_CHECKBOX_NAME, "action")
        given = request.POST
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "opts": self.opts,
            "verb": verb,
            "records": records,
            "warnings": warnings,
            "repeated": [(name, value) for name in names for value in given.getlist(name)],
            "back": back,
        }
        return TemplateResponse(request, "back_office/confirm.html", context)

    def response_action(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Refuse what is no selection before Django asks the database for it."""
        pks = request.POST.getlist(ACTION_CHECKBOX_NAME)
        sound = all(pk.isdecimal() and len(pk) <= 18 for pk in pks)
        if not sound or len(pks) > MOST_AT_ONCE or request.POST.get("select_across") == "1":
            note = _("Select at most %(most)d records of this list.") % {"most": MOST_AT_ONCE}
            self.message_user(request, note, messages.ERROR)
            return None
        if queryset.filter(pk__in=pks).count() < len(set(pks)):
            gone = _("Some of these records are not in this list any more. Nothing was done.")
            self.message_user(request, gone, messages.ERROR)
            return None
        return super().response_action(request, queryset)  # type: ignore[misc]
