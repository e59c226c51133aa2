"""A key's daily limit over real HTTP, while the server is killed again and again."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException
from pathlib import Path
from queue import Queue
from typing import Any

from django.db import connection

from accounts.models import ApiKey
from accounts.tests.make import make_key
from crm.tests.key_counts import assert_counted_exactly
from crm.tests.server import JSON, SERVE, Server, environment, running
from customers.models import Customer

KILLS = 3
CLIENTS = 4


def database_url() -> str:
    """Return the address of the database that this test uses."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(kept["NAME"])
    address = f"{kept['HOST'] or '127.0.0.1'}:{kept['PORT'] or 5432}"
    person = f"{kept['USER']}:{kept['PASSWORD']}".rstrip(":")
    return f"postgres://{person}@{address}/{kept['NAME']}"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    with running(SERVE, folder, DATABASE_URL=database_url()) as server:
        yield server


def post_until(server: Server, key: ApiKey, answers: "Queue[int]") -> None:
    """Create customers until the limit is reached or the server is gone."""
    status, headers = 201, {**JSON, "X-API-Key": key.secret}
    while status == 201:
        try:
            answer, _body = server.ask("POST", "/api/v1/customers", b'{"name": "Ana"}', headers)
        except (OSError, HTTPException):
            return
        answers.put(status := answer.status)


def post_and_kill(folder: Path, key: ApiKey) -> list[int]:
    """Return the statuses that clients got of a server killed in the middle of its work."""
    answers: Queue[int] = Queue()
    with serving(folder) as server, ThreadPoolExecutor(CLIENTS) as clients:
        for _ in range(CLIENTS):
            clients.submit(partial(post_until, server, key, answers))
        first = [answers.get(timeout=30) for _ in range(CLIENTS)]
        os.killpg(server.process.pid, signal.SIGKILL)
    return first + [answers.get() for _ in range(answers.qsize())]


def test_rows_and_count_agree_after_a_server_was_killed_three_times(
    transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    settings.API_KEY_PEPPER = environment(tmp_path)["API_KEY_PEPPER"]
    key = make_key()
    statuses = [status for _ in range(KILLS) for status in post_and_kill(tmp_path, key)]
    assert_counted_exactly(key)
    assert statuses.count(201) <= Customer.objects.count()  # nothing acknowledged was lost
    answers: Queue[int] = Queue()
    with serving(tmp_path) as server:
        post_until(server, key, answers)
        refused, body = server.ask(
            "POST", "/api/v1/customers", b'{"name": "Eva"}', {**JSON, "X-API-Key": key.secret}
        )
    assert (refused.status, json.loads(body)["used"]) == (429, 35)
    assert_counted_exactly(key)
    assert Customer.objects.count() >= key.daily_limit
