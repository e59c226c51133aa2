"""PostgreSQL's triggers that let rows be added to a table, and nothing else be done to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from crm.base.storing.triggers import Trigger, names_on

SETTING = "crm.erasing"  # "on" to the end of the transaction that erases
# One function for all. Its arguments are the columns that may be erased.
FUNCTION = """
    CREATE OR REPLACE FUNCTION {schema}"append_only"() RETURNS trigger LANGUAGE plpgsql
    AS $${body}$$
"""
BODY = """
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('{setting}', true) = 'on'
        AND to_jsonb(OLD) - TG_ARGV::text[] = to_jsonb(NEW) - TG_ARGV::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
END
"""
LIFTED = "BEGIN RETURN COALESCE(NEW, OLD); END"
_TRIGGER = """
    CREATE TRIGGER "{name}" BEFORE {events} ON {schema}"{table}"
    FOR EACH {each} EXECUTE FUNCTION {schema}"append_only"({arguments})
"""
# A session that says it only repeats what another server did does not go by either.
_ALWAYS = 'ALTER TABLE {schema}"{table}" ENABLE ALWAYS TRIGGER "{name}"'
# Events, each, pg_trigger.tgtype: for each row 1, before 2, delete 8, update 16, truncate 32.
_KINDS = {
    "rows": ("UPDATE OR DELETE", "ROW", 1 | 2 | 8 | 16),
    "truncate": ("TRUNCATE", "STATEMENT", 2 | 32),
}
_FOUND = """
    SELECT relname, tgname, tgtype, encode(tgargs, 'escape'), tgenabled,
        tgqual IS NULL AND tgattr::text = '', proname, prosrc
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND pg_class.oid = ANY (%s::regclass[])
"""


def body(message: str) -> str:
    return BODY.format(setting=SETTING, message=message)


def triggers(model: Any, erasable: Sequence[str], schema: str, message: str) -> Iterator[Trigger]:
    """Yield the triggers of the table of ``model``."""
    table = model._meta.db_table
    for kind, (events, each, number) in _KINDS.items():
        columns = erasable if kind == "rows" else ()
        values = {"name": f"{table}_append_only_{kind}", "table": table, "schema": schema}
        values["arguments"] = ", ".join(f"'{column}'" for column in columns)
        make = _TRIGGER.format(**values, events=events, each=each)
        passed = "".join(f"{column}\\000" for column in columns)
        told = (table, values["name"], number, passed, "A", True, "append_only", body(message))
        yield Trigger(values["name"], [make, _ALWAYS.format(**values)], told)


def found(cursor: Any, tables: list[str]) -> set[tuple[Any, ...]]:
    """Return what the database says of the triggers on ``tables``."""
    cursor.execute(_FOUND, [tables])
    return set(cursor.fetchall())


def prepare(cursor: Any, schema: str, message: str) -> None:
    """Make what the triggers of all tables need."""
    cursor.execute(FUNCTION.format(schema=schema, body=body(message)))


def lift(cursor: Any, tables: list[str], schema: str) -> None:
    """Let anything be done, until ``prepare``."""
    cursor.execute(FUNCTION.format(schema=schema, body=LIFTED))


def drop(cursor: Any, table: str, schema: str) -> None:
    for name in names_on(cursor, [table]):
        if name.startswith(f"{table}_append_only_"):
            cursor.execute(f'DROP TRIGGER "{name}" ON {schema}"{table}"')


def let_erase(cursor: Any, allowed: bool, **_: Any) -> None:
    """Let erasable columns change, or no longer, in this transaction."""
    cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, "on" if allowed else ""])
