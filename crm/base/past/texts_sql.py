"""The SQL of the tables of replaced texts, and of the triggers that fill them."""

from datetime import UTC, datetime

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
_TABLE = """
    CREATE TABLE IF NOT EXISTS "{texts}" (
        record_id bigint NOT NULL, until {moment} NOT NULL, {typed}
    )
"""
DROPPED = 'DROP TABLE IF EXISTS "{texts}"'
ANY = 'SELECT 1 FROM "{texts}" LIMIT 1'
EMPTIED = 'DELETE FROM "{texts}" WHERE record_id = %s'
_INDEX = 'CREATE INDEX IF NOT EXISTS "{texts}_of" ON "{texts}" (record_id, until)'
_CHANGED = "({{old}}) {differs} ({{new}}) AND OLD.updated_at <> NEW.updated_at"
_REPLACED = """
    INSERT INTO "{{texts}}" (record_id, until, {{columns}})
    VALUES (OLD.id, {until}, {{old}});
"""
_SQLITE_TRIGGER = """
    CREATE TRIGGER "{{texts}}_{event}" AFTER {event} ON "{{table}}" {when}
    BEGIN {body} END
"""
_FORMER = tuple(f'DROP TRIGGER IF EXISTS "{{texts}}_{event}"' for event in ("UPDATE", "DELETE"))
_POSTGRESQL_TRIGGER = """
    CREATE OR REPLACE FUNCTION "{{texts}}_{event}"() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$ BEGIN {body} RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER "{{texts}}_{event}" AFTER {event} ON "{{table}}"
    FOR EACH ROW {when} EXECUTE FUNCTION "{{texts}}_{event}"()
"""


def _triggers(template: str, differs: str) -> tuple[str, str]:
    changed = f"WHEN ({_CHANGED.format(differs=differs)})"
    until = {"UPDATE": "NEW.updated_at", "DELETE": f"'{FOREVER:%Y-%m-%d %H:%M:%S}'"}
    update, delete = (
        template.format(event=event, when=when, body=_REPLACED.format(until=until[event]))
        for event, when in (("UPDATE", changed), ("DELETE", ""))
    )
    return update, delete


SQLITE = (_TABLE, _INDEX, *_FORMER, *_triggers(_SQLITE_TRIGGER, "IS NOT"))
POSTGRESQL = (
    _TABLE,
    _INDEX,
    'CREATE INDEX IF NOT EXISTS "{texts}_search" ON "{texts}" USING gin (search_text gin_trgm_ops)',
    *_triggers(_POSTGRESQL_TRIGGER, "IS DISTINCT FROM"),
)
