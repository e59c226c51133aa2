"""Makes leads with what was done about them and what happens next, inside PostgreSQL."""

from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg.abc import Params

from benchmarks.tables import (
    CREATED,
    STAMP,
    Database,
    Expressions,
    columns,
    continue_numbers,
    insert,
    without_indexes,
)
from benchmarks.words import arrays
from leads.models import Action, Lead, Process

MAKE = sql.SQL(Path(__file__).with_name("leads.sql").read_text(encoding="utf-8"))
MODELS: list[Any] = [Lead, Action, Process]
# One to three for each lead that somebody has spoken to.
ACTIONS = sql.SQL(
    """
    SELECT lead.id AS lead_id, (ARRAY['call', 'email', 'whatsapp', 'note'])[1 + (lead.id + n) %% 4]
        AS action_type, 'Asked for prices, call ' || n AS details,
        lead.created_at + interval '1 day' * n AS occurred_at,
        lead.created_at + interval '1 day' * n AS created_at,
        lead.created_at + interval '1 day' * n AS updated_at,
        lead.created_by_id, lead.modified_by_id
    FROM leads_lead AS lead, generate_series(1, 1 + lead.id %% 3) AS n
    WHERE lead.status <> 'new' ORDER BY lead.id, n
    """
)
# Due from a month ago to a month ahead, where there is something left to do.
PROCESSES = sql.SQL(
    """
    SELECT lead.id AS lead_id, lead.name, 'call' AS channel,
        CASE WHEN lead.status IN ('contacted', 'quoted') AND lead.archived_at IS NULL
            THEN 'active' ELSE 'completed' END AS status,
        %(until)s::timestamptz + interval '1 hour' * (hashint8(lead.id)::bigint %% 720)
            AS next_followup_at,
        lead.assigned_to_id AS owner_id, lead.updated_at AS created_at, lead.updated_at,
        lead.created_by_id, lead.modified_by_id
    FROM leads_lead AS lead WHERE lead.status <> 'new' ORDER BY lead.id
    """
)
MOVED: Expressions = {
    "history_type": sql.Literal("~"),
    "action": sql.Literal("update"),
    "changed": sql.Literal('["status"]'),
}

# How leads that were moved differed before; of other models no record was changed.
BEFORE: Expressions = {
    "version": sql.SQL("1"),
    "updated_at": sql.SQL("created_at"),
    "history_date": sql.SQL("created_at"),
    "archived_at": sql.SQL("NULL"),
    "status": sql.Literal("new"),
}


def make_leads(database: Database, size: int, until: Any, users: list[int], customers: int) -> None:
    """Insert leads 1 to ``size`` of the last two years with their steps and their history."""
    past = [model.history.model for model in MODELS]
    words: Params = {
        "size": size,
        "until": until,
        "users": users,
        "customers": customers,
        **arrays(),
    }
    with without_indexes(database, [*MODELS, *past]):
        derived = {name: sql.SQL("updated_at") for name in ("status_changed_at", "touched_at")}
        insert(database, Lead, MAKE, {**made(database, MAKE, words), **derived}, words)
        for model, rows in ((Action, ACTIONS), (Process, PROCESSES)):
            insert(database, model, rows, made(database, rows, {"until": until}), {"until": until})
        for model in MODELS:
            insert_past(database, model)
    for model in (*MODELS, *past):
        continue_numbers(database, model)


def made(database: Database, rows: sql.Composable, values: Params) -> Expressions:
    found = database.execute(sql.SQL("SELECT * FROM ({}) AS made LIMIT 0").format(rows), values)
    return {column.name: sql.Identifier(column.name) for column in found.description or ()}


def insert_past(database: Database, model: Any) -> None:
    """Insert the creation of every record, and the change of those changed once."""
    past = model.history.model
    copy: Expressions = {
        name: sql.Identifier(name) for name in columns(past).keys() & columns(model).keys()
    }
    live = sql.Identifier(model._meta.db_table)
    before = {name: told for name, told in BEFORE.items() if name in columns(past)}
    for told, condition in (
        (CREATED, "version = 1"),
        ({**CREATED, **before}, "version > 1"),
        (MOVED, "version > 1"),
    ):
        rows = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY id").format(live, sql.SQL(condition))
        insert(database, past, rows, {**copy, **STAMP, **told})
