"""Reads collections that mongoexport wrote: a file of them, or a directory with one in each.

They are put into a temporary database first: they come in no order, and may not fit into memory.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.compat.importing.extended_json import documents
from crm.compat.importing.sources import Source, SourceError, Values

_encode = json.JSONEncoder(default=str).encode


class MongoSource(Source):
    """``collections`` tells by which field a document of a collection is known."""

    def __init__(self, path: str, collections: Mapping[str, str]) -> None:
        self._collections = collections
        self._remarks: list[str] = []
        self._keys: set[str] = set()
        self._store = sqlite3.connect("", isolation_level=None)  # a file that nobody else sees
        self._store.execute("CREATE TABLE documents (kind, place INTEGER, sorted, text)")
        self._store.execute("BEGIN")
        given = Path(path)
        if given.is_dir():
            self._read_directory(given)
        elif given.is_file():
            self._keep(given, None)
        else:
            raise SourceError(_("There is no file %(path)s.") % {"path": given})
        self._store.execute("CREATE INDEX in_order ON documents (kind, sorted, place)")

    def _read_directory(self, directory: Path) -> None:
        for file in sorted(directory.glob("*.json*")):
            name = file.name.partition(".")[0]
            if name in self._collections:
                self._keep(file, name)
            else:
                left = _("%(file)s is not taken over: it is none of %(names)s.")
                names = ", ".join(self._collections)
                self._remarks.append(left % {"file": file.name, "names": names})

    def _keep(self, path: Path, name: str | None) -> None:
        insert = "INSERT INTO documents VALUES (?, ?, ?, ?)"
        self._store.executemany(insert, self._lines(path, name))

    def _lines(self, path: Path, name: str | None) -> Iterator[tuple[str, int, str, str]]:
        for place, document in enumerate(documents(path)):
            self._keys.add(str(document.get("creado_por") or ""))
            yield name or self._kind(document), place, _sorting(document), _encode(document)

    def _kind(self, document: Mapping[str, Any]) -> str:
        """Return the collection that ``document`` must be of; the last where none is sure."""
        kinds = [name for name, field in self._collections.items() if field in document]
        return kinds[0] if kinds else list(self._collections)[-1]

    def columns(self, table: str) -> Sequence[str]:
        """Return what the first document has: others may have more."""
        first = next(self.rows(table, ()), {})
        return list(first)

    def count(self, table: str) -> int:
        statement = "SELECT count(*) FROM documents WHERE kind = ?"
        return int(self._store.execute(statement, [table]).fetchone()[0])

    def rows(self, table: str, order: Sequence[str]) -> Iterator[Values]:
        """Yield the documents by their date; ``order`` is theirs."""
        statement = "SELECT text FROM documents WHERE kind = ? ORDER BY sorted, place"
        for [text] in self._store.execute(statement, [table]):
            yield json.loads(text)

    def check(self, table: str, needed: Sequence[str], service: str) -> None:
        """Take a collection that is missing for an empty one, as long as there is another."""
        if not any(map(self.count, self._collections)):
            message = _("The source holds no documents of %(service)s.")
            raise SourceError(message % {"service": service})

    def remarks(self) -> Sequence[str]:
        if keys := len(self._keys - {""}):
            message = _(
                "API keys in use: %(count)d. They are no part of the data: "
                "take over each with create_api_key NAME --key KEY, or give its client a new one."
            )
            return [*self._remarks, message % {"count": keys}]
        return self._remarks

    def close(self) -> None:
        self._store.close()


def _sorting(document: Mapping[str, Any]) -> str:
    """Return the date of ``document``, then its number: documents are numbered in that order."""
    date = document.get("fecha_emision") or document.get("fecha_registro") or ""
    number = str(document.get("numero") or document.get("id") or "")
    return f"{str(date).replace(' ', 'T'):<40}{number:>20}"
