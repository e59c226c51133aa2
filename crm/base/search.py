"""Full-text search: one folded column per model, with a trigram index on both databases."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import AppConfig
from django.conf import settings
from django.db import connections, models
from django.db.models import F, Max, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from crm.base.as_of import journey
from crm.base.folding import TRIGRAM, search_terms

QuerySet = TypeVar("QuerySet", bound=models.QuerySet[Any])
BATCH = 10_000


def matching(queryset: QuerySet, query: str) -> QuerySet:
    """Keep the rows whose ``search_text`` contains every term of ``query``."""
    terms = search_terms(query, settings.PHONENUMBER_DEFAULT_REGION)
    under_way = journey()
    if not terms or (under_way and not under_way.search(queryset.model, terms)):
        return queryset.none()
    on_sqlite = connections[queryset.db].vendor == "sqlite"
    for term in terms:
        if under_way:  # LIKE without an index is taken for rare, and everything read for it
            queryset = queryset.filter(GreaterThan(StrIndex("search_text", Value(term)), 0))
        elif on_sqlite and len(term) >= TRIGRAM:
            queryset = queryset.filter(pk__in=_rows_with(queryset.model, term))
        else:
            queryset = queryset.filter(Q(search_text__contains=term))
    return queryset


def _rows_with(model: type[models.Model], term: str) -> RawSQL:
    table = index_name(model)
    statement = f'SELECT rowid FROM "{table}" WHERE "{table}" MATCH %s'  # noqa: S608 — our own name
    return RawSQL(statement, [f'"{term}"'])  # noqa: S611 — the term is a parameter


def index_name(model: type[models.Model]) -> str:
    return f"{model._meta.db_table}_search"


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Create what the searchable models of an app need, after its migrations.

    Not in a migration: SQLite rebuilds a table to alter it and drops its triggers silently.
    """
    connection = connections[using]
    tables = connection.introspection.table_names()
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for model in sender.get_models():
            table = model._meta.db_table
            if not getattr(model, "searchable", None) or table not in tables:
                continue
            if on_sqlite and _is_installed(cursor, model):
                continue
            for statement in SQLITE if on_sqlite else POSTGRESQL:
                cursor.execute(statement.format(table=table, index=index_name(model)))


def _is_installed(cursor: Any, model: type[models.Model]) -> bool:
    cursor.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
        [f"{index_name(model)}_%"],
    )
    return bool(cursor.fetchone()[0] == len(("insert", "delete", "update")))


def put_space_before_words(app: str, name: str) -> Callable[[Any, Any], None]:
    """Return what brings the ``search_text`` of before that was done into today's form."""

    def change(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model(app, name)._base_manager
        old = rows.exclude(search_text="").exclude(search_text__startswith=" ")
        last = rows.aggregate(last=Max("pk"))["last"] or 0
        for start in range(0, last, BATCH):
            batch = old.filter(pk__gt=start, pk__lte=start + BATCH)
            batch.update(search_text=Concat(Value(" "), F("search_text")))

    return change


POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    'CREATE INDEX IF NOT EXISTS "{index}" ON "{table}" USING gin (search_text gin_trgm_ops)',
)
_INDEX = """
    CREATE VIRTUAL TABLE IF NOT EXISTS "{index}" USING fts5
    (search_text, content='{table}', content_rowid='id', tokenize='trigram')
"""
_FORGET = """
    INSERT INTO "{index}"("{index}", rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
"""
_LEARN = 'INSERT INTO "{index}"(rowid, search_text) VALUES (new.id, new.search_text);'


def _trigger(name: str, event: str, action: str) -> str:
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{{index}}_{name}" AFTER {event} ON "{{table}}" '
        f"BEGIN {action} END"
    )


SQLITE = (
    _INDEX,
    _trigger("insert", "INSERT", _LEARN),
    _trigger("delete", "DELETE", _FORGET),
    _trigger("update", "UPDATE OF search_text", _FORGET + _LEARN),
    """INSERT INTO "{index}"("{index}") VALUES ('rebuild')""",
)
