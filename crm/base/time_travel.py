"""Reading the data as it stood at a moment: ``with travelling(Journey(moment)):``.

Inside, every SELECT finds in place of a record's table what the history tells of it: a common
table expression of the table's name goes before the statement, so that conditions, orderings,
joins and subqueries are those of any other day. Only SELECTs of records may be made there.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q, QuerySet

from crm.base import as_of
from crm.base.past import candidates, columns_then, state_of

Records = TypeVar("Records", bound=QuerySet[Any])
NAMES = re.compile(r'"(\w+)"')
# Reading so many by their keys, or the newest until fifty are found, takes as long in a million.
MOST_CANDIDATES = 5000
SOURCES = re.compile(r'\b(FROM|JOIN) "')


@dataclass
class Journey:
    """A visit to ``moment``.

    ``today`` holds what narrows a model's past rows by what its records are now: who may see them.
    """

    moment: datetime
    today: dict[Any, list[Any]] = field(default_factory=dict)
    paused: bool = False

    def through(self, visible: Records) -> Records:
        """Return what those records were that are ``visible`` today.

        What was deleted since is among them for whoever sees every record.
        """
        if visible.query.is_empty():
            return visible
        if visible.query.where:
            self.narrow(visible.model, Q(id__in=visible.order_by().values("pk")))
        found: Records = visible.model._default_manager.all()
        return found

    def narrow(self, model: Any, condition: Any) -> None:
        """Keep the entries of the model's history for which ``condition`` holds."""
        self.today.setdefault(model, []).append(condition)

    def search(self, model: Any, terms: list[str]) -> bool:
        """Look for ``terms`` among the records that ever had them, where these are few.

        Return whether there may be any.

        Where they are many, the newest of them are soon met by reading one after the other. So
        they are on SQLite, which would have to read every text to know.
        """
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            self.paused = True
            found = candidates(model, terms, MOST_CANDIDATES + 1)
            self.paused = False
            if len(found) <= MOST_CANDIDATES:
                self.narrow(model, Q(id__in=found))
            return bool(found)
        return True

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement in the past; see ``connection.execute_wrapper`` of Django."""
        if self.paused:
            return execute(sql, params, many, context)
        found = set(NAMES.findall(sql))
        chosen = [model for table, model in _tables().items() if table in found]
        # On PostgreSQL an expression sees those before it: what asks for today's rows comes first.
        chosen.sort(key=lambda model: model not in self.today)
        parts = [self._expression(model, sql) for model in chosen]
        if parts:
            sql = f"WITH {', '.join(part for part, _ in parts)} {sql}"
        values = [value for _, values in parts for value in values]
        return execute(sql, (*values, *(params or ())), many, context)

    def _expression(self, model: Any, statement: str) -> tuple[str, Sequence[Any]]:
        table = connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table)
        rows = state_of(model, self.moment)
        rows = rows.filter(*self.today.get(model, ()))
        columns = columns_then(model, self.moment, searched=f'{table}."search_text"' in statement)
        found = rows.values_list(*columns.values())
        sql, values = found.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor == "sqlite":  # where the expression would be taken for its own source
            sql = SOURCES.sub(r'\1 main."', sql)
        quote = connection.ops.quote_name
        names = ", ".join(map(quote, columns))
        return f"{table} ({names}) AS NOT MATERIALIZED ({sql})", values


@cache
def _tables() -> dict[str, Any]:
    """Return the models that travel by the names of their tables; people keep today's names."""
    records = (model for model in apps.get_models() if hasattr(model, "untracked_then"))
    models = (model for model in records if model is not get_user_model())
    return {model._meta.db_table: model for model in models if not model._meta.proxy}


@contextmanager
def travelling(there: Journey) -> Iterator[Journey]:
    """Let the block read the data as it stood at ``there.moment``."""
    with as_of.under_way(there), connections[DEFAULT_DB_ALIAS].execute_wrapper(there):
        yield there
