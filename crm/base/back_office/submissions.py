"""Forms of the back office: what a rule refuses comes back as the form, with the reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crm.base.api.problems import describe
from crm.base.errors import RuleError
from crm.base.photo_files import StorageFull
from crm.base.storing.unit_of_work import unit_of_work

# What a person can do something about; anything else is a defect of ours, or a page of its own.
REFUSALS = (RuleError, ValidationError, IntegrityError, OperationalError, StorageFull)


@dataclass
class Submission:
    """What a form must know of the request that it came with.

    ``prepared`` holds what was worked out before the transaction, by the name of the form's field:
    the value, or the ``ValidationError`` that says why there is none.
    """

    actor: Any
    refusal: Exception | None = None
    prepared: dict[str, Any] = field(default_factory=dict)

    def prepare(self, name: str, work: Callable[[], Any]) -> None:
        """Work out the value of the form's field ``name`` now."""
        try:
            self.prepared[name] = work()
        except (ValidationError, StorageFull) as error:
            self.prepared[name] = ValidationError([text for _field, text in reasons(error)])


def submission_of(request: HttpRequest) -> Submission:
    """Return the request's one submission."""
    if not hasattr(request, "submission"):
        request.submission = Submission(actor=request.user)  # type: ignore[attr-defined]
    return cast("Submission", request.submission)  # type: ignore[attr-defined]


def submit(request: HttpRequest, page: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return ``page()``, run in one unit of work.

    When a rule refuses, all of it is undone, and ``page`` runs again: its form finds the refusal
    in the request's submission and shows it.
    """
    try:
        return unit_of_work(page)
    except REFUSALS as error:
        submission_of(request).refusal = error
        return page()


def reasons(error: Exception) -> list[tuple[str, str]]:
    """Return ``(field, sentence)`` for each thing that ``error`` complains of; "" is the whole."""
    body, _headers = describe(error)
    if body is None:
        raise error
    return [(row["field"], row["detail"]) for row in body["errors"]] or [("", body["detail"])]
