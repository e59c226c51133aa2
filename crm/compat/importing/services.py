"""The services whose data can be taken over."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import tzinfo

from django.utils.translation import gettext as _
from tqdm import tqdm

from crm.base.context import acting
from crm.base.storing.statistics import analyze
from crm.compat.importing import (
    console_crm,
    crm_api,
    crm_microservice,
    mini_crm,
    the_crm_service,
)
from crm.compat.importing.report import Report
from crm.compat.importing.rows import Row
from crm.compat.importing.runs import Run
from crm.compat.importing.table import Importer, Table
from crm.compat.importing.taking import take_all
from crm.compat.models import ImportedRow

OBJECTS = 50_000  # more than Python waits for otherwise: about what a batch makes
IMPORTERS = {
    importer.service.slug: importer
    for importer in (
        console_crm.IMPORTER,
        mini_crm.IMPORTER,
        the_crm_service.IMPORTER,
        crm_api.IMPORTER,
        crm_microservice.IMPORTER,
    )
}


def run_import(
    importer: Importer, address: str, report: Report, zone: tzinfo, *, is_dry: bool
) -> list[str]:
    """Take over the database at ``address``; return what to tell beside ``report``.

    The caller opens a transaction around a dry run, and takes it back. Raises ``SourceError``.
    """
    with (
        _few_collections(),
        closing(importer.open_source(address)) as source,
        acting(source="import", reason=importer.service.title),
    ):
        run = Run(importer.service, source, zone, is_dry)
        tables = [table(run) for table in importer.tables]
        for table in tables:
            source.check(table.name, table.needed, importer.service.title)
        remarks = list(source.remarks())
        for table in tables:
            remarks += _take(table, report)
        if not is_dry:
            analyze()
        return remarks


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for garbage that holds itself seldom: a batch makes much, and none of that.

    What was there before is not looked through at all. Together that is an eighth of an import.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _take(table: Table, report: Report) -> list[str]:
    total = table.run.source.count(table.name)
    with tqdm(desc=table.name, total=total, unit="", disable=None) as bar:

        def done(rows: Sequence[Row]) -> None:
            report.add(table.name, rows)
            table.run.log_entries += sum(row.log_entries for row in rows)
            bar.update(len(rows))

        take_all(table, done)
    return table.remarks() + _gone(table, report)


def _gone(table: Table, report: Report) -> list[str]:
    """Say how many rows were taken over once, and are in the source no more."""
    rows = ImportedRow.objects.filter(service=table.run.service.slug, table=table.name)
    fates = report.fates[table.name]
    gone = rows.count() - sum(number for fate, number in fates.items() if fate != "refused")
    if gone <= 0:
        return []
    message = _(
        "%(table)s: of the rows taken over before, %(count)d are gone there, and stay here."
    )
    return [message % {"table": table.name, "count": gone}]
