"""Operations for migrations that Django's own would make slow or unsafe."""

from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation


class DropFieldIndex(migrations.AlterField):
    """Alters a field that loses its index and nothing else.

    Django writes the whole table anew for that on SQLite; to drop the index is enough.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, one in found.items():
            if one["index"] and one["columns"] == [column] and not one["unique"]:
                schema_editor.execute(schema_editor._delete_index_sql(model, name))


class DropLikeIndex(Operation):
    """Drops the second index that Django makes of each unique text on PostgreSQL.

    It serves ``LIKE 'beginning%'`` alone, and every write keeps it. SQLite has none.
    """

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of this index."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            model, field = self._field(app_label, to_state)
            columns = [field.column]
            name = schema_editor._create_index_name(model._meta.db_table, columns, suffix="_like")
            schema_editor.execute(schema_editor._delete_index_sql(model, name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            model, field = self._field(app_label, to_state)
            schema_editor.execute(schema_editor._create_like_index_sql(model, field))

    def describe(self) -> str:
        return f"Drop the index for LIKE of {self.model_name}.{self.name}"

    def _field(self, app_label: str, state: Any) -> tuple[Any, Any]:
        model = state.apps.get_model(app_label, self.model_name)
        return model, model._meta.get_field(self.name)
