"""What would write past the history raises, by whatever way it is sent."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg.sql
import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db import connection, transaction
from django.db.backends.signals import connection_created

from crm.base.errors import UnauditedWrite
from crm.base.storing.statements import prepared_cursor
from crm.base.tests.sample import Sample, history_of, make
from crm.base.trail.fence import guard, tables, unaudited, writing, written
from crm.base.trail.history import history_model

TABLE = Sample._meta.db_table
HISTORY = history_model(Sample)._meta.db_table
Lead: Any = apps.get_model("leads.Lead")
User: Any = apps.get_model("accounts.User")
WRITES = [
    "UPDATE {t} SET city = 'x'",
    'update "{t}" SET city = %s',
    "UPDATE ONLY public.{t} AS one SET city = 'x'",
    'UPDATE\n"public" . "{t}" SET city = 1',
    "UPDATE OR IGNORE {t} SET city = 'x'",
    'INSERT INTO "{t}" (name) VALUES (%s)',
    "INSERT OR REPLACE INTO [{t}] (name) VALUES (1)",
    "REPLACE INTO `{t}` (name) VALUES (1)",
    "DELETE FROM main.{t}",
    "DELETE /* all */ FROM {t} -- of them",
    "WITH gone AS (DELETE FROM {t} RETURNING *) SELECT * FROM gone",
    "SELECT 1; DELETE FROM {t}",
    "SELECT '--'; DELETE FROM {t}",
    "MERGE INTO {t} USING x ON true WHEN MATCHED THEN DELETE",
    "COPY {t} FROM STDIN",
    "TRUNCATE base_counter, {t} CASCADE",
]
OTHERS = [
    "SELECT * FROM {t} FOR UPDATE OF {t}",
    "UPDATE base_counter SET value = 1 WHERE EXISTS (SELECT 1 FROM {t})",
    "INSERT INTO {t}_tally SELECT * FROM {t}",
    "INSERT INTO x SELECT 1 ON CONFLICT DO UPDATE SET y = (SELECT 1 FROM {t})",
    'CREATE TRIGGER "x" BEFORE DELETE ON {t} BEGIN SELECT 1; END',
    "CREATE TRIGGER x AFTER UPDATE OF search_text ON {t}",
    "CREATE TRIGGER x AFTER truncate ON {t}",
    'ALTER TABLE "{t}" ADD COLUMN x integer',
]


@pytest.mark.parametrize("statement", WRITES)
def test_it_reads_which_table_is_written(statement: str) -> None:
    assert written(statement.format(t=TABLE)) == {TABLE}


@pytest.mark.parametrize("statement", OTHERS)
def test_what_only_names_the_table_is_no_write(statement: str) -> None:
    assert not written(statement.format(t=TABLE))


def test_every_model_with_a_history_is_fenced() -> None:
    with_history = {model for model in apps.get_models() if hasattr(model, "history")}
    assert tables() == {model._meta.db_table for model in with_history}
    assert len(tables()) > 8


def raw(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def many(record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET city = %s", [("x",)])  # noqa: S608


def prepared(record: Any) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET city = %s", ["x"])  # noqa: S608


def of_other_types(record: Any) -> None:
    if connection.vendor != "postgresql":
        raise UnauditedWrite  # the other engine takes text only
    statement: Any = psycopg.sql.SQL("DELETE FROM {}").format(psycopg.sql.Identifier(TABLE))
    raw(statement)


def loaded(record: Any) -> None:
    text = serializers.serialize("json", [record]).replace(record.name, "Berta")
    for each in serializers.deserialize("json", text):
        each.save()


def taken_over(record: Any) -> None:
    """Let a related manager take over somebody else's lead."""
    record.leads.add(Lead.objects.create(name="Eva", email="eva@example.org"))


BYPASSES: dict[str, Callable[[Any], Any]] = {
    "SQL": lambda record: raw(f"UPDATE {TABLE} SET city = %s WHERE id = %s", "x", record.pk),  # noqa: S608
    "SQL, many": many,
    "SQL, prepared": prepared,
    "SQL, composed": of_other_types,
    "DELETE": lambda record: raw(f"DELETE FROM {TABLE}"),  # noqa: S608
    "raw()": lambda record: list(Sample.objects.raw(f"DELETE FROM {TABLE} RETURNING *")),  # noqa: S608
    "update": lambda record: Sample.objects.update(name="x"),
    "bulk_create": lambda record: Sample.objects.bulk_create([Sample(name="x")]),
    "bulk_update": lambda record: Sample.objects.bulk_update([record], ["name"]),
    "below the queryset, update": lambda record: Sample._base_manager.update(name="x"),
    "below the queryset, bulk_create": lambda record: Sample._base_manager.bulk_create(
        [Sample(name="x")]
    ),
    "below the queryset, bulk_update": lambda record: Sample._base_manager.bulk_update(
        [record], ["name"]
    ),
    "below the queryset, delete": lambda record: Sample._base_manager.filter(leads=None).delete(),
    "a fast delete": lambda record: Sample.objects.all()._raw_delete(using="default"),
    "save_base": lambda record: record.save_base(),
    "save_base, raw": lambda record: record.save_base(raw=True),
    "loaddata": loaded,
    "related add": taken_over,
    "related set": lambda record: record.leads.set(Lead.objects.all()),
    "related clear": lambda record: record.leads.clear(),
    "related remove": lambda record: record.leads.remove(record.leads.get()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", BYPASSES)
def test_no_way_leads_past_the_history(way: str) -> None:
    record, _alone = make(), make()
    Lead.objects.create(name="Ana", email="ana@example.org", customer=record)
    Lead.objects.create(name="Iva", email="iva@example.org")
    before = [list(model._base_manager.values()) for model in (Sample, Lead)]
    record.name = "Berta"
    with pytest.raises(UnauditedWrite), transaction.atomic():
        BYPASSES[way](record)
    assert [list(model._base_manager.values()) for model in (Sample, Lead)] == before


@pytest.mark.django_db
def test_deleting_leaves_a_last_entry_by_every_way_that_is_open() -> None:
    one, two, three = make(), make(), make()
    keys = [record.pk for record in (one, two, three)]
    one.delete()
    Sample.objects.filter(pk=two.pk).delete()
    three.__class__.objects.get(pk=three.pk).delete()
    entries = history_model(Sample).objects.filter(history_type="-")
    assert list(entries.order_by("id").values_list("id", flat=True)) == keys


@pytest.mark.django_db
def test_who_may_write_one_table_may_not_write_another() -> None:
    lead = Lead.objects.create(name="Ana", email="ana@example.org")
    with writing(Sample), pytest.raises(UnauditedWrite), transaction.atomic():
        Lead._base_manager.filter(pk=lead.pk).update(name="x")
    with writing(Sample):  # what saves meanwhile does so on its own
        lead.name = "Eva"
        lead.save()
        raw(f"UPDATE {TABLE} SET city = 'x' WHERE id = 0")  # noqa: S608
    assert [entry.name for entry in history_of(lead)] == ["Ana", "Eva"]


@pytest.mark.django_db
def test_an_exception_gives_its_reason_and_ends() -> None:
    with pytest.raises(ValueError, match="why"), unaudited(""):
        pass
    with unaudited("nobody is there to be changed"):
        raw(f"UPDATE {TABLE} SET city = 'x' WHERE id = 0")  # noqa: S608
    with pytest.raises(UnauditedWrite):
        raw(f"UPDATE {TABLE} SET city = 'x' WHERE id = 0")  # noqa: S608


@pytest.mark.django_db
def test_what_is_refused_is_named() -> None:
    with pytest.raises(UnauditedWrite, match=f"UPDATE {TABLE} SET"):
        raw(f"UPDATE {TABLE} SET city = 'x'")  # noqa: S608


@pytest.mark.django_db
def test_every_connection_has_the_fence_once() -> None:
    connection_created.send(type(connection), connection=connection)  # as after a loss of it
    assert connection.execute_wrappers.count(guard) == 1


def test_only_migrations_and_what_measures_a_history_are_excepted() -> None:
    root = Path(settings.BASE_DIR)
    sources = [path for path in root.glob("[a-z]*/**/*.py") if "tests" not in path.parts]
    using = [path for path in sources if re.search(r"(?<!def )\bunaudited\(", path.read_text())]
    assert len(sources) > 100
    assert {str(path.relative_to(root)) for path in using} == {
        "crm/management/commands/migrate.py",
        "benchmarks/creations.py",
    }
