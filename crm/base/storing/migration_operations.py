"""Operations for migrations that Django's own would make slow or unsafe."""

from typing import Any

from django.db import migrations


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
