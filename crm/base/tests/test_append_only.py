"""The audit trail is added to and nothing else, whoever writes and with whatever statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from crm.base.models import SecurityEvent
from crm.base.tests.sample import Sample, history_of, make
from crm.base.trail import append_only, security_events
from crm.base.trail.append_only import append_only_models, erasable, erasing, missing
from crm.base.trail.fence import is_tracked
from crm.base.trail.history import history_model

pytestmark = pytest.mark.django_db
ON_SQLITE = connection.vendor == "sqlite"
HISTORY: Any = history_model(Sample)
TABLE = HISTORY._meta.db_table
REFUSED = "only added to"


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows(model: Any) -> list[Any]:
    return list(model._base_manager.order_by("pk").values())


@pytest.fixture
def entries() -> list[Any]:
    """The history of a record, and a security event."""
    record = make(name="Ana", email="ana@example.org")
    record.city = "Lima"
    record.save()
    security_events.note("login", actor_name="ana", network="home")
    return history_of(record)


def test_every_history_is_kept_and_what_tells_of_sign_ins() -> None:
    histories = {history_model(model) for model in apps.get_models() if is_tracked(model)}
    assert len(histories) > 8
    assert set(append_only_models()) >= {*histories, SecurityEvent}
    assert missing() == []


STATEMENTS = [
    "UPDATE {t} SET {c} = {c}",
    "UPDATE {t} SET {k} = {k} + 100",
    "DELETE FROM {t}",
    "INSERT INTO {t} SELECT * FROM {t} WHERE TRUE ON CONFLICT ({k}) DO UPDATE SET {c} = 'x'",
]
REPLACING = ["REPLACE INTO {t} SELECT * FROM {t}", "UPDATE OR REPLACE {t} SET {k} = 1"]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("statement", STATEMENTS + REPLACING * ON_SQLITE)
@pytest.mark.parametrize("model", [HISTORY, SecurityEvent], ids=lambda model: model.__name__)
def test_no_statement_changes_it(model: Any, statement: str) -> None:
    before, key = rows(model), model._meta.pk.column
    with pytest.raises(IntegrityError, match=REFUSED):
        run(statement.format(t=model._meta.db_table, k=key, c="request_id"))
    assert rows(model) == before


@pytest.mark.usefixtures("entries")
@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL has no REPLACE")
def test_nothing_is_replaced_where_delete_triggers_stay_silent() -> None:
    before = rows(HISTORY)
    run("PRAGMA recursive_triggers = OFF")
    try:
        with pytest.raises(IntegrityError, match=REFUSED):
            run(f"REPLACE INTO {TABLE} SELECT * FROM {TABLE}")  # noqa: S608 — a table of ours
    finally:
        run("PRAGMA recursive_triggers = ON")
    assert rows(HISTORY) == before


@pytest.mark.usefixtures("entries")
@pytest.mark.skipif(ON_SQLITE, reason="SQLite repeats no other server's statements")
def test_who_says_it_repeats_another_server_is_refused_too() -> None:
    before = rows(HISTORY)
    with pytest.raises(DatabaseError, match=f"{REFUSED}|permission denied"):
        run(f"SET LOCAL session_replication_role = replica; DELETE FROM {TABLE}")  # noqa: S608
    assert rows(HISTORY) == before


@pytest.mark.usefixtures("transactional_db")  # what is to be emptied must be committed
@pytest.mark.skipif(ON_SQLITE, reason="SQLite has no TRUNCATE")
def test_no_table_is_emptied() -> None:
    make()
    for model in append_only_models():
        with pytest.raises(IntegrityError, match=REFUSED):
            run(f"TRUNCATE {model._meta.db_table} CASCADE")
    assert HISTORY.objects.count() == 1


@pytest.mark.usefixtures("entries")
def test_the_orm_is_refused_as_well() -> None:
    before = rows(HISTORY)
    writes: list[Callable[[], Any]] = [
        lambda: HISTORY.objects.update(city="x"),
        lambda: HISTORY.objects.all().delete(),
        lambda: HISTORY.objects.latest("pk").delete(),
        lambda: HISTORY.objects.latest("pk").save(),
    ]
    for write in writes:
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            write()
    assert rows(HISTORY) == before


def test_a_new_model_is_kept_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next app's history table is one that says so; nothing else is to be done."""
    with undone():
        kept: Any = type(
            "Kept",
            (models.Model,),
            {
                "__module__": __name__,
                "append_only": True,
                "erasable": ("words",),
                "words": models.TextField(unique=True),
                "Meta": type("Meta", (), {"app_label": "base", "apps": Apps()}),
            },
        )
        monkeypatch.setattr(append_only, "append_only_models", lambda: [HISTORY, kept])
        assert missing() == []  # there is no table yet
        create(kept)
        assert missing() == [kept._meta.db_table]
        append_only.install()
        assert missing() == []
        kept.objects.create(words="first")
        with pytest.raises(DatabaseError), transaction.atomic():
            kept.objects.all().delete()
        if ON_SQLITE:
            with pytest.raises(IntegrityError, match=REFUSED):
                run("REPLACE INTO base_kept (id, words) VALUES (9, 'first')")


def create(model: Any) -> None:
    """Make the table inside a transaction, where SQLite's editor would refuse to work."""
    kind = "integer PRIMARY KEY" if ON_SQLITE else "bigserial PRIMARY KEY"
    run(f"CREATE TABLE {model._meta.db_table} (id {kind}, words text UNIQUE)")


ROWS = f"CREATE OR REPLACE TRIGGER {TABLE}_append_only_rows BEFORE"
CALLED = "FOR EACH ROW EXECUTE FUNCTION append_only"
UPDATE = f'"{TABLE}_append_only_update"'
WEAKER = f"CREATE TRIGGER {UPDATE} BEFORE UPDATE ON {TABLE} BEGIN SELECT 1 END"
TAMPERED = (
    [
        f'DROP TRIGGER "{TABLE}_append_only_delete"',
        f'DROP TRIGGER "{TABLE}_append_only_insert"',
        f"DROP TRIGGER {UPDATE}; {WEAKER}",
    ]
    if ON_SQLITE
    else [
        f"DROP TRIGGER {TABLE}_append_only_rows ON {TABLE}",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_append_only_truncate",
        f"ALTER TABLE {TABLE} ENABLE TRIGGER {TABLE}_append_only_rows",  # of the usual kind
        f"{ROWS} UPDATE OF city OR DELETE ON {TABLE} {CALLED}()",
        f"{ROWS} DELETE ON {TABLE} {CALLED}()",
        f"{ROWS} UPDATE OR DELETE ON {TABLE} {CALLED}('history_id')",
    ]
)


@pytest.mark.parametrize("tampering", TAMPERED)
def test_what_was_done_to_the_triggers_is_found_and_undone(tampering: str) -> None:
    with undone():
        for statement in tampering.split("; "):
            run(statement.replace(" END", "; END"))
        assert missing() == [TABLE]
        append_only.install()
        assert missing() == []


def test_a_function_that_lets_everything_pass_is_found_at_every_table() -> None:
    with undone():
        append_only.lift()
        assert set(missing()) == {model._meta.db_table for model in append_only_models()}
        append_only.install()
        assert missing() == []


def test_lawful_erasure_changes_values_and_nothing_else(entries: list[Any]) -> None:
    first = HISTORY.objects.filter(pk=entries[0].pk)
    untouched = rows(HISTORY)[1:]
    with erasing():
        assert first.update(email=None, name="", address="") == 1
    assert (first.get().email, first.get().name) == (None, "")
    assert rows(HISTORY)[1:] == untouched
    assert missing() == []
    for refused in (
        {"id": 0},
        {"history_date": entries[1].history_date},
        {"actor_name": "x"},
        {"created_by": None, "version": 9},
        {"email": "x@example.org", "request_id": ""},
    ):
        with pytest.raises(IntegrityError, match=REFUSED), erasing():
            first.update(**refused)
    with pytest.raises(IntegrityError, match=REFUSED), erasing():
        first.delete()
    assert missing() == []


def test_erasing_ends_with_its_block(entries: list[Any]) -> None:
    first = HISTORY.objects.filter(pk=entries[0].pk)
    with transaction.atomic():
        with erasing():
            first.update(email=None)
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            first.update(name="")
    with pytest.raises(IntegrityError), erasing():
        first.update(name="", version=9)
    assert first.get().name == "Ana"
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        first.update(name="")
    assert missing() == []


def test_of_an_event_only_where_from_and_what_can_be_erased(entries: list[Any]) -> None:
    with erasing():
        SecurityEvent.objects.update(address="", details={})
    with pytest.raises(IntegrityError, match=REFUSED), erasing():
        SecurityEvent.objects.update(kind="logout")


def test_what_says_which_record_when_and_by_whom_is_never_erasable() -> None:
    told = {"history_id", "history_date", "history_type", "history_user_id", "actor_name"}
    told |= {"id", "version", "created_at", "updated_at", "created_by_id", "modified_by_id"}
    told |= {"request_id", "source", "actor_role", "history_change_reason", "changed"}
    for model in append_only_models():
        assert not told & set(erasable(model)), model
    assert {"name", "email", "phone", "address"} <= set(erasable(HISTORY))
