"""Profiles the three kinds of request inside the application, without a server.

Prints how long each takes, which steps and which packages take it, and the busiest functions.
"""

import cProfile
import io
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from django.db import connection

from benchmarks.queries import Stopwatch
from benchmarks.requests import CUSTOMERS, NewCustomers
from benchmarks.servers import ROOT
from crm.base.api.renderers import dumps
from crm.wsgi import application
from customers.models import Customer

WARM_UP = 50
# What a request passes, by the end of a module's path and a function's name.
STEPS = {
    "token and user": ("accounts/tokens.py", "authenticate"),
    "finding the view": ("django/urls/resolvers.py", "resolve"),
    "the view": ("rest_framework/views.py", "dispatch"),
    "reading rows": ("crm/base/storing/statements.py", "rows"),
    "validating the input": ("rest_framework/serializers.py", "is_valid"),
    "validating the record": ("crm/base/records.py", "prepare"),
    "writing the record": ("crm/base/trail/inserts.py", "insert"),
    "ending the transaction": ("django/db/transaction.py", "__exit__"),
    "waiting for PostgreSQL": ("psycopg/connection.py", "wait"),
    "writing the answer": ("rest_framework/response.py", "rendered_content"),
    "logging": ("crm/base/middleware.py", "log"),
}


def main(token: str, requests: str, lines: str, sort: str, only: str) -> None:
    number, size = int(requests), Customer.objects.count()
    numbers, created = count(), NewCustomers()
    kinds = {
        "detail": lambda: call(token, "GET", f"{CUSTOMERS}/{1 + next(numbers) % size}"),
        "list of 50": lambda: call(token, "GET", CUSTOMERS),
        "create": lambda: call(token, "POST", CUSTOMERS, created.next_values()),
    }
    for name, request in kinds.items():
        if only in name:
            print(f"\n== {name}: {clocked(request, number)}")
            print(profiled(request, number, int(lines), sort))


def call(token: str, method: str, path: str, values: Any = None) -> None:
    """Send one request through the WSGI application; raises ``RuntimeError`` if refused."""
    body = b"" if values is None else dumps(values)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    status: list[str] = []
    serve: Any = application
    parts = serve(environ, lambda line, headers, error=None: status.append(line))
    answer = b"".join(parts)
    parts.close()
    if not status[0].startswith("20"):
        raise RuntimeError(f"{method} {path}: {status[0]} {answer[:500]!r}")


def clocked(request: Callable[[], None], number: int) -> str:
    """Return what a request takes without the profiler, whose own cost distorts."""
    repeat(request, WARM_UP)
    watch = Stopwatch()
    cpu, wall = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(watch):
        repeat(request, number)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return (
        f"{cpu / number * 1e6:.0f} µs CPU, {wall / number * 1e6:.0f} µs in all, of which"
        f" {watch.seconds / number * 1e6:.0f} µs in {watch.queries / number:.1f} statements"
    )


def profiled(request: Callable[[], None], number: int, lines: int, sort: str) -> str:
    profile, text = cProfile.Profile(), io.StringIO()
    with profile:
        repeat(request, number)
    stats = pstats.Stats(profile, stream=text)
    print(shares("steps, some inside others", steps(stats)), file=text)
    print(shares("packages", packages(stats)), file=text)
    stats.strip_dirs().sort_stats(sort).print_stats(lines)
    return text.getvalue()


def shares(title: str, found: dict[str, float]) -> str:
    """Return percentages as a line of text, the largest first."""
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    return f"{title}: " + ", ".join(f"{name} {share:.0%}" for name, share in ordered if share)


def steps(stats: Any) -> dict[str, float]:
    """Return the share of all the time that is spent inside each of ``STEPS``."""
    whole = max(cumulative for _, _, _, cumulative, _ in stats.stats.values())
    found: dict[str, float] = {}
    for (path, _line, function), (_, _, _, cumulative, _) in stats.stats.items():
        for name, (end, wanted) in STEPS.items():
            if path.endswith(end) and function == wanted:
                found[name] = max(found.get(name, 0), cumulative / whole)
    return found


def packages(stats: Any) -> dict[str, float]:
    """Return each package's share of the time; a built-in function's time is its caller's."""
    found: Counter[str] = Counter()
    for (path, _line, _function), (_, _, own, _, callers) in stats.stats.items():
        if path != "~":
            found[package(path)] += own
        for (caller, _, _), (_, _, spent, _) in callers.items() if path == "~" else ():
            found[package(caller)] += spent
    whole = found.total()
    return {name: time / whole for name, time in found.items() if time > whole / 200}


def package(path: str) -> str:
    """Return the package that a module is of; "ours", or "Python" for the standard library."""
    if "site-packages/" in path:
        return path.split("site-packages/")[1].split("/", maxsplit=1)[0]
    return "ours" if path.startswith(str(ROOT)) else "Python"


def repeat(request: Callable[[], None], number: int) -> None:
    for _ in range(number):
        request()
