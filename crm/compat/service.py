"""What a replaced service is: where it is found, and how it speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, path

from crm.compat.answers import FASTAPI, Answers

Shape = Callable[[Any], dict[str, Any]]


def detail_only(detail: Any) -> dict[str, Any]:
    return {"detail": detail}


@dataclass(frozen=True)
class Service:
    """A service at ``/compat/<slug>``.

    ``answers`` are its words for our problems (``crm.compat.answers``), on top of FastAPI's;
    ``shape`` puts a ``detail`` into the body of an error. A token it gives lasts for ``lifetime``
    and is given at ``sign_in``, an address of the service.
    """

    slug: str
    title: str
    description: str = ""
    answers: Answers = field(default_factory=dict)
    shape: Shape = detail_only
    sign_in: str = ""
    lifetime: timedelta = timedelta(minutes=30)

    @property
    def texts(self) -> Answers:
        return {**FASTAPI, **self.answers}

    def at(
        self, route: str, view: Any, actions: Mapping[str, str] | None = None, **options: Any
    ) -> URLPattern:
        """Return the address ``route`` of the service, "" for its root.

        ``actions`` are those of a viewset, ``{"get": "list"}``; ``options`` attributes of the view.
        """
        arguments = (dict(actions),) if actions else ()
        name = f"compat-{self.slug}-{route}".replace(":", "-")  # which would be a namespace
        handler: Any = view.as_view(*arguments, service=self, **options)
        found: URLPattern = path(f"{self.slug}/{route}" if route else self.slug, handler, name=name)
        return found
