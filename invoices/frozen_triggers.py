"""The SQL of the triggers that keep issued documents as they are."""

import hashlib
from collections.abc import Iterator, Sequence

INVOICE, LINE, PAYMENT = "invoices_invoice", "invoices_invoiceline", "invoices_payment"
PRINTOUT = "invoices_printout"
PREFIX = "invoices_frozen_"
MESSAGE = "issued documents and payments stay as they are"
Made = Iterator[tuple[str, list[str]]]

_ISSUED = "OLD.status <> 'draft'"
_REWRITTEN = f"{_ISSUED} AND ({{same}} OR NEW.status = 'draft')"
_REVIVED = "OLD.status = 'cancelled' AND NEW.status <> 'cancelled'"
_CHANGED = f"{_REWRITTEN} OR {_REVIVED}"
_NEW = (
    "EXISTS (SELECT 1 FROM invoices_invoice AS document"
    " WHERE document.id = NEW.invoice_id AND document.status <> 'draft')"
)
_OLD = _NEW.replace("NEW", "OLD")

# Table, event, when it is refused. REPLACE deletes a row without saying so, hence the inserts.
_SQLITE = [
    (INVOICE, "update", _CHANGED),
    (INVOICE, "delete", _ISSUED),
    (INVOICE, "insert", _NEW.replace("invoice_id", "id")),
    (LINE, "insert", _NEW),
    (LINE, "update", f"{_OLD} OR {_NEW}"),
    (LINE, "delete", _OLD),
    (PAYMENT, "insert", "EXISTS (SELECT 1 FROM invoices_payment AS old WHERE old.id = NEW.id)"),
    (PAYMENT, "update", "TRUE"),
    (PAYMENT, "delete", "TRUE"),
    (
        *(PRINTOUT, "insert"),
        "EXISTS (SELECT 1 FROM invoices_printout AS old WHERE old.invoice_id = NEW.invoice_id)",
    ),
    (PRINTOUT, "update", "TRUE"),
    (PRINTOUT, "delete", "TRUE"),
]
_SQLITE_TRIGGER = """
    CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN {when}
    BEGIN SELECT RAISE(ABORT, '{message}'); END
"""

_FUNCTION = """
    CREATE FUNCTION {schema}"{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {unless}
        RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
_TRIGGER = """
    CREATE TRIGGER "{name}" BEFORE {event} ON {schema}"{table}" FOR EACH {each}
    EXECUTE FUNCTION {schema}"{name}"()
"""
_ROWS = [
    (INVOICE, "update", _CHANGED),
    (INVOICE, "delete", _ISSUED),
    (PAYMENT, "update", "TRUE"),
    (PAYMENT, "delete", "TRUE"),
    (PRINTOUT, "update", "TRUE"),
    (PRINTOUT, "delete", "TRUE"),
]
# The document is locked before it is asked: a line added while it is issued waits, and is refused.
_LINES = [
    ("insert", "NEW.invoice_id", "NEW"),
    ("update", "OLD.invoice_id, NEW.invoice_id", "NEW"),
    ("delete", "OLD.invoice_id", "OLD"),
]
_UNLESS_DRAFT = """
        PERFORM 1 FROM {schema}"invoices_invoice" WHERE id IN ({keys}) ORDER BY id FOR SHARE;
        IF NOT EXISTS (
            SELECT 1 FROM {schema}"invoices_invoice" WHERE id IN ({keys}) AND status <> 'draft'
        ) THEN
            RETURN {row};
        END IF;
"""
_EMPTIED = [(INVOICE, "status <> 'draft'"), (LINE, "TRUE"), (PAYMENT, "TRUE"), (PRINTOUT, "TRUE")]
_UNLESS_EMPTY = """
        IF NOT EXISTS (SELECT 1 FROM {schema}"{table}" WHERE {kept}) THEN
            RETURN NULL;
        END IF;
"""


def for_sqlite(columns: Sequence[str]) -> Made:
    """Yield each trigger's name and statements; ``columns`` of a document never change."""
    for table, event, when in _SQLITE:
        condition = when.replace("{same}", _differing(columns, "IS NOT"))
        yield _named(table, event, [_SQLITE_TRIGGER], {"when": condition})


def for_postgresql(columns: Sequence[str], schema: str) -> Made:
    """The same for PostgreSQL; whoever writes may have another search path than ``schema``."""
    for table, event, when in _ROWS:
        condition = when.replace("{same}", _differing(columns, "IS DISTINCT FROM"))
        yield _on_postgresql(table, event, schema, each=f"ROW WHEN ({condition})", unless="")
    for event, keys, row in _LINES:
        unless = _UNLESS_DRAFT.format(schema=schema, keys=keys, row=row)
        yield _on_postgresql(LINE, event, schema, each="ROW", unless=unless)
    for table, kept in _EMPTIED:
        unless = _UNLESS_EMPTY.format(schema=schema, table=table, kept=kept)
        yield _on_postgresql(table, "truncate", schema, each="STATEMENT", unless=unless)


def _differing(columns: Sequence[str], operator: str) -> str:
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) {operator} ({new})"


def _on_postgresql(table: str, event: str, schema: str, **parts: str) -> tuple[str, list[str]]:
    return _named(table, event, [_FUNCTION, _TRIGGER], {"schema": schema, **parts})


def _named(
    table: str, event: str, templates: list[str], parts: dict[str, str]
) -> tuple[str, list[str]]:
    """Return the statements under a name with a digest of what they do."""
    digest = hashlib.sha256(repr([MESSAGE, templates, parts]).encode()).hexdigest()[:8]
    name = f"{PREFIX}{table.rpartition('_')[2]}_{event}_{digest}"
    values = {"name": name, "table": table, "event": event, "message": MESSAGE, **parts}
    return name, [template.format(**values) for template in templates]
