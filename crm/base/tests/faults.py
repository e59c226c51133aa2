"""Failures that cannot be waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


@contextmanager
def history_that_fails(model: Any) -> Iterator[None]:
    """Let the database refuse every history row of ``model``, whatever statement writes it."""
    writing = f'INSERT INTO "{model.history.model._meta.db_table}"'

    def refuse(execute: Any, sql: str, *arguments: Any) -> Any:
        if writing in sql:
            raise OperationalError("the disk is gone")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        yield
