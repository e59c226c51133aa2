"""Proves the entries that SQL made, and seals them: ``python -m benchmarks.inside proofs SIZE``.

Fills the new database first. Prints what it made as JSON.
"""

import json
import os
from datetime import UTC, datetime, time

import psycopg
from django.core.management import call_command
from psycopg import sql

from accounts.models import User
from audit import checking, sealing
from audit.entries import entries_in
from audit.ranges import LARGEST
from audit.trail import Trail, trails
from benchmarks.tables import PAST, Database, make_customers, without_indexes
from crm.base.trail import append_only
from crm.base.trail.proof import prove
from crm.base.trail.shapes import shape_of


def main(size: str) -> None:
    call_command("migrate", verbosity=0)
    people = [User.objects.create_user(f"sales{n}").pk for n in range(50)]
    midnight = datetime.combine(datetime.now(UTC), time(), UTC)
    append_only.lift()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("SET synchronous_commit = off")
        database.execute("SET maintenance_work_mem = '1GB'")
        make_customers(database, int(size), midnight, people)
        [trail] = [one for one in trails() if one.model is PAST]
        with without_indexes(database, [PAST]):
            prove_all(database, trail)
        database.execute("VACUUM FULL ANALYZE")
    append_only.install()
    print(json.dumps({"sealed": sealing.seal()}))


def prove_all(database: Database, trail: Trail) -> None:
    database.execute("CREATE TEMPORARY TABLE proofs (number bigint, proof text)")
    names, covered = checking.columns(trail), shape_of(PAST)
    with database.cursor().copy("COPY proofs FROM STDIN") as copy:
        for row in entries_in(trail, [(1, LARGEST)], names):
            copy.write_row((row[0], prove(covered, dict(zip(names, row, strict=True)))))
    fill = "UPDATE {} SET proof = proofs.proof FROM proofs WHERE number = history_id"
    database.execute(sql.SQL(fill).format(sql.Identifier(trail.table)))
