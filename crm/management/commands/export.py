"""Writes a list into a file for spreadsheets."""

from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from accounts.models import User
from crm.base.api.exports import Exportable
from crm.base.past.travel import Journey, travelling
from crm.base.past.travel_viewsets import AS_OF, moment_of
from crm.base.tables import FILES, note, write
from crm.base.whole_files import whole_file
from crm.management.audited import AuditedCommand
from crm.management.ending import ended_in_order
from customers.views import CustomerViewSet
from invoices.views import InvoiceViewSet
from leads.step_views import ActionViewSet, ProcessViewSet
from leads.views import LeadViewSet

LISTS: Mapping[str, type[Exportable]] = {
    "customers": CustomerViewSet,
    "leads": LeadViewSet,
    "actions": ActionViewSet,
    "processes": ProcessViewSet,
    "invoices": InvoiceViewSet,
}


class Everything:
    """Sees what there is, as whoever may start commands does."""

    pk = None
    actor_name = actor_role = "system"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return True


class Command(AuditedCommand):
    help = (
        "Writes a list into a file for spreadsheets: what the API's list of the same name answers "
        "to ?format=. The file appears when it is whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", choices=LISTS)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--format", choices=FILES, help="unless the file's name ends with it")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a parameter of the API's list, search, ordering and as_of too; repeatable",
        )
        parser.add_argument(
            "--visible-to", metavar="USERNAME", help="only what this user may see; or everything"
        )
        parser.add_argument("--overwrite", action="store_true", help="replace the file")

    def handle(self, *args: Any, **options: Any) -> None:
        path, form = options["output"], options["format"] or options["output"].suffix[1:]
        if form not in FILES:
            raise CommandError(_("Say which --format: %(known)s.") % {"known": ", ".join(FILES)})
        try:
            query = query_of(options["filter"])
            view = view_of(options["list"], actor_of(options["visible_to"]), query)
            rows = self.save(view, form, options)
        except APIException as error:
            name = getattr(error, "field", "")
            raise CommandError(f"{name}: {error.detail}".removeprefix(": ")) from error
        except FileExistsError as error:
            told = _("%(file)s is there already. Use --overwrite to replace it.")
            raise CommandError(told % {"file": path}) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Rows exported: %(count)d.") % {"count": rows})

    def save(self, view: Exportable, form: str, options: Mapping[str, Any]) -> int:
        """Write the file, note it, and return how many rows there were."""
        query = view.request.query_params
        to_whole_file = whole_file(options["output"], overwrite=options["overwrite"])
        with ended_in_order(), to_whole_file as file, then(query):
            table = view.table()
            rows = write(table, form, file)
            visible_to = options["visible_to"]
            filters = query.dict() | ({"visible_to": visible_to} if visible_to else {})
            note(table, form, filters, rows=rows, what="list")
        return rows


def query_of(given: list[str]) -> QueryDict:
    query = QueryDict(mutable=True)
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise CommandError(_("%(text)s is no filter. Use name=value.") % {"text": text})
        query.appendlist(name, value)
    return query


def actor_of(username: str | None) -> Any:
    if username is None:
        return Everything()
    found = User.objects.live().filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(_("Nobody active is called %(name)s.") % {"name": username})
    return found


def view_of(name: str, actor: Any, query: QueryDict) -> Exportable:
    """Return what answers ``query`` to ``actor``; raises what the API would answer."""
    asked = HttpRequest()
    asked.method, asked.GET = "GET", query  # type: ignore[assignment]
    request = Request(asked)
    request.user = actor
    view = LISTS[name](action="list", basename=name, request=request, kwargs={}, format_kwarg=None)
    view.check_permissions(request)
    view.check_query(request)
    return view


def then(query: QueryDict) -> Any:
    """Return the block in which the rows are those of the moment that ``query`` names."""
    moment = query.get(AS_OF)
    return nullcontext() if moment is None else travelling(Journey(moment_of(moment)))
