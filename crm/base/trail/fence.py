"""Refuses SQL that would write a record's table past its history, whoever sends it.

Each writer that leaves history says which table it writes while its statement runs; any other
INSERT, UPDATE or DELETE on a connection of ours raises ``UnauditedWrite``. That keeps mistakes out,
not intruders: what connects by itself is found by comparing rows with their history.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

from django.apps import apps

from crm.base.errors import UnauditedWrite

ANY = "*"
STATEMENTS = 512  # of which the tables are remembered; ours are far fewer
_writing: ContextVar[str] = ContextVar("crm_writing", default="")

_NAME = r"""["`\[]?(\w+)["`\]]?"""
_WRITE = re.compile(
    rf"""\b(?:
        (?:INSERT | MERGE)(?:\s+OR\s+\w+)?\s+INTO
        | REPLACE\s+INTO | UPDATE(?:\s+OR\s+\w+)? | DELETE\s+FROM | COPY
    )\s*(?:\bONLY\s+)?(?:{_NAME}\s*\.\s*)?{_NAME}""",
    re.VERBOSE | re.IGNORECASE,
)
_TRUNCATE = re.compile(r"\bTRUNCATE\b(?!\s+ON\b)([^;]*)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)


@contextmanager
def writing(model: Any) -> Iterator[None]:
    """Let the statement inside write the table of ``model``: its history goes with it."""
    token = _writing.set(model._meta.db_table)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def unaudited(why: str) -> Iterator[None]:
    """Let a block write without history; ``why`` tells the reader, and may not be empty."""
    if not why:
        raise ValueError("Say why this leaves no history.")
    token = _writing.set(ANY)
    try:
        yield
    finally:
        _writing.reset(token)


def guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Run a statement, Django's ``execute_wrapper``; raises ``UnauditedWrite``."""
    # Several statements may come as one; a single SELECT writes nothing.
    if not (isinstance(sql, str) and sql.startswith("SELECT ") and ";" not in sql):
        allowed = _writing.get()
        if allowed != ANY and not written(_text(sql, context)) <= {allowed}:
            raise UnauditedWrite(
                f"This leaves no history; use save(), audited_update() or the like: {sql!s:.200}"
            )
    return execute(sql, params, many, context)


@lru_cache(maxsize=STATEMENTS)
def written(sql: str) -> frozenset[str]:
    """Return the tables of records that ``sql`` writes."""
    found: set[str] = set()
    for text in (sql, _COMMENT.sub(" ", sql)):  # a comment, or what looks like one in a value
        found.update(match[2].lower() for match in _WRITE.finditer(text))
        for emptied in _TRUNCATE.findall(text):
            found.update(re.findall(r"\w+", emptied.lower()))
    return frozenset(found & tables())


@cache
def tables() -> frozenset[str]:
    """Return the tables of every model that has a history."""
    tracked = (model for model in apps.get_models() if is_tracked(model))
    return frozenset(model._meta.db_table for model in tracked)


def is_tracked(model: Any) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")


def _text(sql: Any, context: Any) -> str:
    """Return ``sql`` as text: psycopg takes bytes and composed statements, too."""
    if isinstance(sql, str):
        return sql
    if isinstance(sql, bytes):
        return sql.decode()
    return str(sql.as_string(context["cursor"].cursor))


def install(connection: Any) -> None:
    """Put the fence around a connection just made, once."""
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard)
