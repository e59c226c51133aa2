"""Sends hostile requests, undoes each, and keeps what was wrong with the answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction

from accounts.models import User
from crm.base.storing.statements import prepared_cursor
from crm.tests.clients import ApiClient, signed_in

APPS = ("accounts", "customers", "invoices")
MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and roll back what it wrote, so that the next finds the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Probe:
    """A client whose every request must be answered soundly; ``wrong`` lists those that were not.

    Sound is: no 5xx; in the API, every 4xx is a problem document and left every table as it was.
    """

    def __init__(self, user: User) -> None:
        self.client = signed_in(user)
        self.client.raise_request_exception = False
        self.nobody = ApiClient(raise_request_exception=False)
        self.wrong: list[str] = []
        self.statuses: dict[str, int] = {}
        self.refused: set[str] = set()  # the fields that the last answer found fault with

    def send(self, name: str, method: str, path: str, *, nobody: bool = False, **extra: Any) -> int:
        """Send a request, note what was wrong with the answer, undo it; return the status."""
        client = self.nobody if nobody else self.client
        self.refused = set()
        with undone():
            before = rows() if method != "GET" else ()
            try:
                response = client.generic(method, path, **extra)
                status = int(response.status_code)
                fault = fault_of(path, response)
                self.refused = refused_fields(response) if status == 422 else set()
                if not fault and status >= 400 and before and rows() != before:
                    fault = f"{status}, but it wrote"
            except AssertionError as error:  # not what openapi.yaml promises
                status, fault = 0, str(error)
        self.statuses[name] = status
        if fault:
            self.wrong.append(f"{method} {path[:80]} [{name}]: {fault}")
        return status


def rows() -> tuple[int, ...]:
    """Return how many rows each table of the business apps has, histories included."""
    with prepared_cursor() as cursor:
        cursor.execute(_counting())
        found: tuple[int, ...] = cursor.fetchone()
    return found


@cache
def _counting() -> str:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    tables = [model._meta.db_table for model in models]
    counts = [f'(SELECT count(*) FROM "{table}")' for table in tables]  # noqa: S608 — our names
    return f"SELECT {', '.join(counts)}"


def fault_of(path: str, response: Any) -> str:
    """Return what is wrong with an answer; "" for a sound one."""
    status = response.status_code
    b"".join(response)  # which closes a file
    if status >= 500:
        error = getattr(response, "exc_info", None)
        return f"{status} {error[1]!r}" if error else str(status)
    if status < 400 or not path.startswith("/api"):
        return ""
    if response.headers.get("Content-Type") != "application/problem+json":
        return f"{status} as {response.headers.get('Content-Type')}"
    return problem_fault(response) if response.content else ""


def refused_fields(response: Any) -> set[str]:
    return {error["field"] for error in json.loads(response.content)["errors"]}


def problem_fault(response: Any) -> str:
    """Return what a problem document (RFC 9457) lacks; "" for a complete one."""
    body = json.loads(response.content)
    if not set(body) >= MEMBERS:
        return f"{response.status_code} lacks {MEMBERS - set(body)}"
    if body["status"] != response.status_code or body["request_id"] != response["X-Request-ID"]:
        return f"{response.status_code} contradicts its headers"
    for error in body["errors"]:
        if set(error) != {"field", "code", "detail"} or not (error["code"] and error["detail"]):
            return f"{response.status_code} has the error {error}"
    return ""
