"""A list of names that rows are found by."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models import JSONField, Lookup

INDEX = 'CREATE INDEX IF NOT EXISTS "{table}_{column}" ON "{table}" USING gin ("{column}")'


class NamesField(JSONField):
    """A list of names; ``filter(changed__names="email")`` keeps the rows whose list has this one.

    On PostgreSQL its GIN index answers.
    """


@NamesField.register_lookup
class Names(Lookup):
    """Whether the list names this."""

    lookup_name = "names"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return PostgreSQL's operator."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} ? %s", [*values, self.rhs]

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        column, values = self.process_lhs(compiler, connection)
        listed = f"SELECT 1 FROM json_each({column}) WHERE value = %s"  # noqa: S608 — our own column
        return f"EXISTS ({listed})", [*values, self.rhs]


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Create the indexes of an app's lists of names, after its migrations; SQLite has none."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for model in sender.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, NamesField) and model._meta.db_table in tables:
                    cursor.execute(INDEX.format(table=model._meta.db_table, column=field.column))
