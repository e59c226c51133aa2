"""Measures every case inside the application: ``python -m benchmarks.inside queries``.

Prints ``[{name, status, queries, milliseconds, fastest, request}]`` as JSON: until the database has
answered, median and fastest, and the fastest request as a whole.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from rest_framework.utils.urls import replace_query_param

from accounts.models import User
from accounts.tokens import open_session
from benchmarks.cases import CASES, Case
from benchmarks.samples import middle_customer, samples
from crm.base.api.pagination import Cursor
from customers.models import Customer
from customers.views import CustomerViewSet

REPEATS = 5
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Measured:
    name: str
    status: int
    queries: int = 0
    milliseconds: float = 0.0
    fastest: float = 0.0
    request: float = 0.0


class Stopwatch:
    """Adds up the statements Django executes and the time until the database has answered."""

    def __init__(self) -> None:
        self.queries, self.seconds, self.request = 0, 0.0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1


def main() -> None:
    middle = middle_customer()
    values = samples(middle)
    clients = {
        (role, back_office): client(role, back_office)
        for role in ("sales", "admin")
        for back_office in (False, True)
    }
    found = []
    for case in CASES:
        browser = clients[case.role, case.in_back_office]
        path = case.path.format(**values)
        if case.deep:
            path = deep(browser, path, middle)
        found.append(measure(case, browser, path))
    print(json.dumps([asdict(one) for one in found]))


def client(role: str, back_office: bool) -> Client:
    user = User.objects.filter(role=role).order_by("pk")[0]
    if not back_office:
        token = open_session(user)["access_token"]
        return Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def deep(browser: Client, path: str, middle: Customer) -> str:
    """Return the address of the page that follows the one after ``middle``."""
    ordering = path.partition("ordering=")[2]
    columns = CustomerViewSet.orderings[ordering.removeprefix("-")]
    cursor = Cursor(tuple(getattr(middle, column) for column in columns))
    page = browser.get(replace_query_param(path, "cursor", cursor.encode()), headers={"host": HOST})
    following: str = page.json()["next"]
    return following


def measure(case: Case, browser: Client, path: str) -> Measured:
    """Return the median and the fastest of several runs, after one that fills the caches."""
    runs = []
    for _ in range(REPEATS + 1):
        watch, started = Stopwatch(), time.perf_counter()
        with connection.execute_wrapper(watch):
            response = browser.get(path, headers={"host": HOST})
            b"".join(getattr(response, "streaming_content", ()))
        watch.request = time.perf_counter() - started
        if response.status_code != case.status:
            return Measured(case.name, response.status_code)
        runs.append(watch)
    times = [watch.seconds * 1000 for watch in runs[1:]]
    request = min(watch.request for watch in runs[1:]) * 1000
    return Measured(case.name, case.status, runs[-1].queries, median(times), min(times), request)
