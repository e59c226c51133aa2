"""Profiles the three kinds of request inside the application, without a server."""

import cProfile
import io
import pstats
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from django.db import connection

from benchmarks.queries import Stopwatch
from benchmarks.requests import CUSTOMERS, NewCustomers
from crm.base.renderers import dumps
from crm.wsgi import application
from customers.models import Customer

WARM_UP = 50


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
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats(sort).print_stats(lines)
    return text.getvalue()


def repeat(request: Callable[[], None], number: int) -> None:
    for _ in range(number):
        request()
