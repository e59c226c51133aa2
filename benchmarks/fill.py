"""Fills the application's new database: ``python -m benchmarks.inside fill SIZE``.

Prints an access token for each role as JSON.
"""

import json
import os
from datetime import UTC, datetime, time

import psycopg
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role
from accounts.tokens import open_session
from benchmarks.invoice_tables import make_invoices
from benchmarks.lead_tables import make_leads
from benchmarks.tables import make_customers
from customers.models import Customer

SALESPEOPLE = 50  # the first one has a fifth of the leads
SAMPLE = 500


def main(size: str) -> None:
    call_command("migrate", verbosity=0)
    admin = User.objects.create_user("admin", role=Role.ADMIN)
    people = [User.objects.create_user(f"sales{n}") for n in range(SALESPEOPLE)]
    midnight = datetime.combine(datetime.now(UTC), time(), UTC)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("SET synchronous_commit = off")
        database.execute("SET maintenance_work_mem = '1GB'")
        pks = [person.pk for person in people]
        make_customers(database, int(size), midnight, pks)
        make_leads(database, int(size), midnight, pks, int(size))
        make_invoices(database, int(size), midnight, pks, int(size))
        database.execute("VACUUM ANALYZE")
    check_search_texts()
    tokens = {user.role: open_session(user)["access_token"] for user in (admin, people[0])}
    print(json.dumps(tokens))


def check_search_texts() -> None:
    """Raise ``SystemExit`` when customers.sql no longer folds as the application does."""
    for customer in Customer.objects.order_by("uuid")[:SAMPLE]:
        stored = customer.search_text
        customer.validate()
        if customer.search_text != stored or customer.changed_fields():
            raise SystemExit(
                f"customers.sql makes {stored!r}, the application {customer.search_text!r};"
                f" changed: {customer.changed_fields()}"
            )
