"""What our own migration operations send to the database."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from crm.base.storing.migration_operations import DropLikeIndex

DROPPED = DropLikeIndex("customer", "external_id")
NAME = '"customers_customer_external_id_b1779fc4_like"'


def sent(verb: str) -> Any:
    state = MigrationLoader(None).project_state()
    editor: Any = connection.SchemaEditorClass(connection, collect_sql=True)
    editor.deferred_sql = []
    getattr(DROPPED, f"database_{verb}")("customers", editor, state, state)
    return editor.collected_sql


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "there"), [("forwards", "DROP INDEX"), ("backwards", "CREATE")])
def test_only_postgresql_has_the_index_to_drop_or_to_make_again(verb: str, there: str) -> None:
    statements = sent(verb)
    assert len(statements) == (connection.vendor == "postgresql")
    for statement in statements:
        assert statement.startswith(there)
        assert NAME in statement


def test_it_says_what_it_does() -> None:
    assert DROPPED.describe() == "Drop the index for LIKE of customer.external_id"
