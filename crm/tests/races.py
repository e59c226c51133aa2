"""Races between processes: what threads of one process or a mock would not show."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import orjson
from django.db import connection, connections
from django.urls import get_resolver

from crm.tests.contract import document

FORK = multiprocessing.get_context("fork")
PATIENCE = 30  # seconds until a race counts as stuck
RAISED = 1  # how Python exits when an exception was not caught


@dataclass(frozen=True)
class Answer:
    """What of a response travels between processes."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def answer_of(response: Any) -> Answer:
    return Answer(response.status_code, response.content, dict(response.headers))


@dataclass(frozen=True)
class Died:
    """Stands for the result of a process that ended without one."""

    exit_code: int | None


def meeting_point(parties: int) -> Barrier:
    """Return where ``parties`` processes wait for each other: ``meeting_point(2).wait()``.

    Between the read and the write of a careless version it makes the defect certain.
    """
    return FORK.Barrier(parties, timeout=PATIENCE)


def signal() -> Event:
    """Return a flag that one process sets and others wait for."""
    return FORK.Event()


def until_waiting(contestants: int) -> None:
    """Return once so many other processes wait for a lock of ours.

    SQLite shows nobody who waits, but there who holds the lock need not wait either: everybody
    else's statement begins afterwards.
    """
    while connection.vendor == "postgresql" and _waiting() < contestants:
        pass


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        waiting: int = cursor.fetchone()[0]
    return waiting


def race(*contestants: Callable[[], Any]) -> list[Any]:
    """Run each function in a process of its own, all from the same instant; return their results.

    The processes are forks, so the functions may be closures over what the test made; their
    results must be picklable. Needs the ``transactional_db`` fixture, for the others see only
    what is committed. A process that exits by itself leaves a ``Died``; raises
    ``AssertionError`` when a function raised, whose traceback is on standard error.
    """
    _load_what_every_process_needs()
    # A connection that two processes share serves neither.
    connections.close_all()
    start = meeting_point(len(contestants))
    running = dict(_start(contestant, start) for contestant in contestants)
    order = list(running)
    try:
        results = dict(_finished(running))
    finally:
        for process in running.values():
            process.kill()
            process.join()
    return [results[receiver] for receiver in order]


def _load_what_every_process_needs() -> None:
    document()
    get_resolver()._populate()


def _start(contestant: Callable[[], Any], start: Barrier) -> tuple[Connection, BaseProcess]:
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_run, args=(contestant, start, sender))
    process.start()
    sender.close()
    return receiver, process


def _run(contestant: Callable[[], Any], start: Barrier, sender: Connection) -> None:
    connections.close_all()
    start.wait()
    sender.send(contestant())
    connections.close_all()


def _finished(running: Mapping[Connection, BaseProcess]) -> Iterator[tuple[Connection, Any]]:
    waiting = dict(running)
    while waiting:
        ready: list[Any] = wait(waiting, timeout=PATIENCE)
        assert ready, "the race is stuck"
        for receiver in ready:
            yield receiver, _result(receiver, waiting.pop(receiver))


def _result(receiver: Connection, process: BaseProcess) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        process.join(PATIENCE)
    assert process.exitcode != RAISED, "a function raised: its traceback is on standard error"
    return Died(process.exitcode)
