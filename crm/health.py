"""What a load balancer asks, and where a newcomer lands."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.base.api.problem_pages import problem_response


@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    return redirect("admin:index")


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; it asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and its schema is the code's; else 503."""
    try:
        is_current = not to_migrate()
    except DatabaseError:
        return _not_ready(_("The database does not answer."))
    if not is_current:
        return _not_ready(_("Migrations are to be applied."))
    return JsonResponse({"status": "ready"})


def to_migrate() -> bool:
    """Tell whether the schema is older than the code; raises ``DatabaseError``."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _not_ready(detail: str) -> JsonResponse:
    return problem_response(503, "not_ready", detail, **{"Retry-After": "5"})
