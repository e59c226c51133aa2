"""What every endpoint shares: strict parameters, limits, one unit of work for unsafe methods."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.base.api import idempotency
from crm.base.api.negotiation import OneForm
from crm.base.api.parameters import check_parameters
from crm.base.context import current
from crm.base.limits import check_rate, network_of
from crm.base.quotas import quota_of
from crm.base.storing.unit_of_work import unit_of_work

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Endpoint(APIView):
    """An endpoint; a viewset or view adds handlers."""

    content_negotiation_class = OneForm
    # Query parameters by action, beyond those the base class knows.
    parameters: ClassVar[Mapping[str, frozenset[str]]] = {}
    # Requests allowed per user by action, in django-ratelimit's notation: {"photo": "60/h"}.
    rates: ClassVar[Mapping[str, str]] = {}
    # Endpoints that name the same one share their limits.
    rate_group: ClassVar[str] = ""
    # False where the answer holds a secret that must not be stored for a replay.
    replayable: ClassVar[bool] = True
    # False where the handler opens its own unit of work, because it hashes a password first.
    in_unit_of_work: ClassVar[bool] = True

    @property
    def verb(self) -> str:
        """Return the action's name; the method's where there are no actions."""
        return getattr(self, "action", None) or str(self.request.method).lower()

    def known_parameters(self) -> frozenset[str]:
        return self.parameters.get(self.verb, frozenset())

    def check_query(self, request: Request) -> None:
        """Raise 400 for query parameters that are unknown, repeated or unfit to store."""
        if request.query_params:
            check_parameters(request.query_params, self.known_parameters())

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.check_query(request)
        if self.verb in self.rates:
            group = f"{self.rate_group or type(self).__name__}.{self.verb}"
            check_rate(request, group, rate_key, self.rates[self.verb])
        # A method may have any name, and our attributes have names as well.
        handler = getattr(self, str(request.method).lower(), None)
        if handler and request.method in UNSAFE_METHODS:
            self.prepare(request)
            if self.in_unit_of_work:
                # As the framework's ViewSetMixin does: handlers are bound per request.
                setattr(self, str(request.method).lower(), partial(self._write, handler))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell how much of a quota is left, when a request that was done took some of it."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        quota = quota_of(request.user) if answer.status_code < 400 else None
        for name, value in quota.headers.items() if quota else ():
            answer[name] = value
        return answer

    def prepare(self, request: Request) -> None:
        """Do what must not hold a transaction open: parse here; hash, decode in subclasses."""
        _ = request.data

    def _write(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        work = partial(handler, request, *args, **kwargs)
        key = idempotency.key_of(request) if request.method == "POST" and self.replayable else None
        if key:
            work = partial(idempotency.once, request, key, work)
        return unit_of_work(work, one_save=not key and self.saves_one_record())

    def saves_one_record(self) -> bool:
        """Tell whether the handler's only write is one ``save()``, a unit of work by itself."""
        return False


def rate_key(group: str, request: Request) -> str:
    """Return who shares a limit: a user, an API key, or whoever has the same address."""
    actor: Any = request.user
    if actor is None:
        return network_of(current().address)
    return f"{type(actor).__name__}:{actor.pk}"
