"""What the promises need of a service: for every address a request that succeeds.

``crm/compat/tests/samples_<module>.py`` holds ``SAMPLES`` for the adapter of that name: for each
method and route a ``Sample``.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.test.client import encode_multipart

from crm.compat.urls import ADAPTERS
from crm.tests.routes import Route, service_routes
from crm.tests.samples import MULTIPART

# Nobody signed in, sales, management, admin.
Statuses = tuple[int, int, int, int]
NOTHING: Callable[[], dict[str, Any]] = dict


@dataclass(frozen=True)
class Sample:
    """A request: ``statuses`` by role; makers of the body, of the address's values, of a query.

    ``key`` is what a key with every scope is answered; nobody's status where it is left out.
    ``many`` makes another row of a list, whose queries must not become more.
    """

    statuses: Statuses
    body: Callable[[], Any] = NOTHING
    values: Callable[[], Mapping[str, Any]] = NOTHING
    query: str = ""
    form: str = "json"
    key: int = 0
    many: Callable[[], Any] | None = None
    fields: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Case:
    """A sample with its method and route."""

    method: str
    route: Route
    sample: Sample

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def service(self) -> Any:
        return self.route.callback.initkwargs["service"]

    @property
    def succeeds(self) -> int:
        """Return what somebody who may do it is answered: an administrator, or a key."""
        status = self.sample.statuses[-1]
        return self.sample.key if status >= 400 else status

    @property
    def names(self) -> list[str]:
        """Return the names of the address's parameters."""
        return re.findall(r"\{(\w+)\}", str(self.route))

    def address(self) -> str:
        return self.route.at(**self.sample.values()) + self.sample.query

    def options(self) -> dict[str, Any]:
        body = self.sample.body()
        if self.method not in ("POST", "PUT", "PATCH"):
            return {}
        if self.sample.form == "json":
            return {"data": json.dumps(body), "content_type": "application/json"}
        return {"data": encode_multipart("limit", body), "content_type": MULTIPART}


def described_routes() -> list[Route]:
    """Return every address of a service but those of its description."""
    found = service_routes()
    return [route for route in found if not str(route).endswith(("/docs", "/openapi.json"))]


def listed() -> dict[str, Sample]:
    """Return every sample of every adapter: ``{"POST /compat/crm-api/register": …}``."""
    found = {}
    for adapter in ADAPTERS:
        name = adapter.__name__.rpartition(".")[2]
        samples = import_module(f"crm.compat.tests.samples_{name}").SAMPLES
        root = f"/compat/{adapter.SERVICE.slug}"
        for (method, route), sample in samples.items():
            found[f"{method} {root}/{route}".rstrip("/")] = sample
    return found


def shape(address: str) -> str:
    """Return ``address`` with its parameters unnamed."""
    return re.sub(r"\{\w+\}", "{}", address)


def cases() -> list[Case]:
    """Return a case for every method of every address that has a sample."""
    samples = listed()
    return [
        Case(method, route, samples[f"{method} {route}"])
        for route in described_routes()
        for method in route.methods
        if f"{method} {route}" in samples
    ]
