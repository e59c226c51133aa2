"""Reading the data as it stood at a moment: ``with travelling(Journey(moment)):``.

Inside, every SELECT finds in place of a record's table what the history tells of it: a common
table expression of the table's name goes before the statement, so that conditions, orderings,
joins and subqueries are those of any other day. Only SELECTs of records may be made there.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, connections

from crm.base import as_of
from crm.base.past.selects import Select, state, walk
from crm.base.past.sought import Sought
from crm.base.past.states import deleted_since
from crm.base.trail.history import history_model

NAMES = re.compile(r'"(\w+)"')
SOURCES = re.compile(r'\b(FROM|JOIN) "')


class Journey(Sought):
    """A visit to ``moment``."""

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement in the past; see ``connection.execute_wrapper`` of Django."""
        if self.paused:
            return execute(sql, params, many, context)
        chosen = list(_met(sql))
        # On PostgreSQL an expression sees those before it: what asks for today's rows comes first.
        chosen.sort(key=lambda model: model not in self.visible)
        parts = [self._expression(model, sql) for model in chosen]
        if parts:
            sql = f"WITH {', '.join(part for part, _ in parts)} {sql}"
        values = [value for _, values in parts for value in values]
        return execute(sql, (*values, *(params or ())), many, context)

    def _expression(self, model: Any, statement: str) -> tuple[str, Sequence[Any]]:
        connection = connections[DEFAULT_DB_ALIAS]
        table = connection.ops.quote_name(model._meta.db_table)
        searched = f'{table}."search_text"' in statement
        walks = self._walks(model, statement, searched)
        found = self._walk(model, searched) if walks else self._state(model, searched)
        sql = found.sql
        if connection.vendor == "sqlite":  # where the expression would be taken for its own source
            sql = SOURCES.sub(r'\1 main."', sql)
        names = ", ".join(map(connection.ops.quote_name, found.columns))
        return f"{table} ({names}) AS NOT MATERIALIZED ({sql})", found.values

    def _walks(self, model: Any, statement: str, searched: bool) -> bool:
        """Tell whether to begin with the live rows, which are all there were, in their order."""
        ordered = self.ordered.get(model)
        if ordered not in model.unchanging or " ORDER BY " not in statement:
            return False
        compared = _compared(model, statement)
        if compared & _asked_by(model):
            return False
        if model in self.visible:
            joined = self.visible[model].query.alias_refcount.values()
            return sum(map(bool, joined)) <= 1
        # Everybody's records in the order of their creation are read from the history faster.
        unusual = searched or model in self.archived or ordered != "created_at"
        unusual = unusual or bool(compared & {*model.unchanging})
        with self.today():
            return unusual and not deleted_since(model, self.moment)

    def _walk(self, model: Any, searched: bool) -> Select:
        today = self.visible.get(model, model._base_manager.all())
        if model in self.among:
            today = today.filter(pk__in=self.among[model])
        if model in self.archived:
            today = today.filter(self.archived[model])
        return walk(today, self.moment, searched=searched)

    def _state(self, model: Any, searched: bool) -> Select:
        found = state(model, self.moment, searched=searched)
        entries = history_model(model).objects
        if model in self.visible:
            found = found.narrowed(entries.filter(id__in=self.visible[model].values("pk")))
        if model in self.among:
            found = found.narrowed(entries.filter(id__in=self.among[model]))
        return found


@cache
def _asked_by(model: Any) -> frozenset[str]:
    """Return the columns by which an index finds entries of the history."""
    history = history_model(model)._meta
    return frozenset(history.get_field(index.fields[0]).column for index in history.indexes)


@lru_cache
def _compared(model: Any, statement: str) -> frozenset[str]:
    """Return the columns that a statement compares with a value, whatever it goes by."""
    told = re.compile(rf'"{model._meta.db_table}"\."(\w+)" (?:=|[<>]=?|BETWEEN) %s')
    return frozenset(told.findall(statement)) - {"id", "created_at"}


@lru_cache
def _met(sql: str) -> list[Any]:
    """Return the models whose tables a statement names."""
    found = set(NAMES.findall(sql))
    return [model for table, model in _tables().items() if table in found]


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
