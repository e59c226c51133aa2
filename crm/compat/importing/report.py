"""Tells row by row what could not be taken, and what was changed on the way."""

import csv
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.utils.translation import gettext as _

from crm.base.tables import harmless
from crm.compat.importing.rows import MERGED, REFUSED, TAKEN, Note, Row
from crm.compat.importing.sources import SourceError

COLUMNS = (*("table", "key", "outcome", "record", "field", "code", "message", "value", "other"),)


class Report:
    """A file with a line for each note, CSV or, by its name, JSON lines; and the counts.

    It holds personal data, so nobody else on the machine may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fates: dict[str, Counter[str]] = defaultdict(Counter)
        self.codes: Counter[tuple[str, str]] = Counter()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        except OSError as error:
            message = _("The report cannot be written: %(error)s")
            raise SourceError(message % {"error": error}) from error
        self._is_json = path.suffix == ".jsonl"
        self._csv: Any = csv.writer(self._file)
        if not self._is_json:
            self._csv.writerow(COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, table: str, rows: Sequence[Row]) -> None:
        for row in rows:
            self.fates[table][_fate(row)] += 1
            for note in row.notes:
                self.codes[table, note.code] += 1
                self._write(table, row, note)
        self._file.flush()

    def _write(self, table: str, row: Row, note: Note) -> None:
        told = note.told()
        record = "" if row.outcome == REFUSED else str(row.record_id or "")
        line = {"table": table, "key": row.key, "outcome": row.outcome, "record": record, **told}
        if self._is_json:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            self._csv.writerow([harmless(line[name]) for name in COLUMNS])

    def summary(self) -> Iterator[str]:
        """Yield a line for each table, and one for each thing noted of its rows."""
        for table, fates in self.fates.items():
            counts = (f"{word} {fates[fate]}" for fate, word in _fates().items() if fates[fate])
            named = {"table": table, "rows": fates.total(), "counts": ", ".join(counts)}
            yield _("%(table)s: rows %(rows)d; %(counts)s") % named
            for (of, code), number in sorted(self.codes.items()):
                if of == table:
                    yield f"    {code}: {number}"


def _fates() -> dict[str, str]:
    return {
        TAKEN: _("taken over"),
        MERGED: _("one with a customer who is known"),
        "already": _("there already"),
        "changed": _("changed since"),
        REFUSED: _("not taken"),
    }


def _fate(row: Row) -> str:
    """Return what became of ``row`` in this run."""
    if row.outcome == REFUSED or row.memory is None:
        return row.outcome
    return "changed" if row.is_changed else "already"
