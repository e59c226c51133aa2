"""What every endpoint shares: strict parameters, limits, one unit of work for unsafe methods."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.base import filters, idempotency
from crm.base.limits import check_rate
from crm.base.negotiation import OneForm
from crm.base.unit_of_work import unit_of_work

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Endpoint(APIView):
    """An endpoint; a viewset or view adds handlers."""

    content_negotiation_class = OneForm
    # Query parameters by action, beyond those the base class knows.
    parameters: ClassVar[Mapping[str, frozenset[str]]] = {}
    # Requests allowed per user by action, in django-ratelimit's notation: {"photo": "60/h"}.
    rates: ClassVar[Mapping[str, str]] = {}
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

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        filters.check_parameters(request.query_params, self.known_parameters())
        if self.verb in self.rates:
            group = f"{type(self).__name__}.{self.verb}"
            check_rate(request, group, rate_key, self.rates[self.verb])
        # A method may have any name, and our attributes have names as well.
        handler = getattr(self, str(request.method).lower(), None)
        if handler and request.method in UNSAFE_METHODS:
            self.prepare(request)
            if self.in_unit_of_work:
                # As the framework's ViewSetMixin does: handlers are bound per request.
                setattr(self, str(request.method).lower(), partial(self._write, handler))

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
        return unit_of_work(work)


def rate_key(group: str, request: Request) -> str:
    return str(request.user.pk)
