"""A row of a replaced service on its way into a record, and what is noted of it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from crm.compat.models import ImportedRow

TAKEN, MERGED, REFUSED = "taken", "merged", "refused"
LONGEST_KEY = 100
LONGEST_VALUE = 2000  # of what a note repeats


def printable(value: Any) -> str:
    """Return ``value`` as a text that databases and files take: without nulls and surrogates."""
    text = str(value)[:LONGEST_VALUE].replace("\0", "\ufffd")
    return text.encode(errors="replace").decode()


class Note(NamedTuple):
    """Something to tell of a row. ``code`` is for programs, ``value`` what the row said.

    ``other`` is a record it concerns, whose number is known once it is stored; or that number.
    """

    code: str
    message: str
    field: str = ""
    value: str = ""
    other: Any = None

    def told(self) -> dict[str, str]:
        """Return the note as it is reported and kept."""
        other = self.other if isinstance(self.other, str) else getattr(self.other, "pk", "")
        named = {"code": self.code, "message": self.message, "field": self.field}
        return {**named, "value": self.value, "other": str(other)}


class Refused(Exception):
    """The row cannot be taken; ``note`` says why."""

    def __init__(self, code: str, message: Any, field: str = "", value: Any = "") -> None:
        self.note = Note(code, str(message), field, printable(value))
        super().__init__(self.note.message)


class Row:
    """What one row said (``values``), and what becomes of it."""

    # What was taken over of it before, if it was.
    memory: ImportedRow | None
    # The unsaved record made of it, or the stored one that it is.
    record: Any
    # The record as it was before, oldest first.
    past: list[Any]
    # How many entries of a log these came from.
    log_entries: int
    # The names of the fields that the row fills.
    fields: tuple[str, ...]

    def __init__(self, key: Any, values: Mapping[str, Any]) -> None:
        self.values = values
        self.digest = digest_of(values)
        text = printable(key)
        self.key = text if 0 < len(text) <= LONGEST_KEY else self.digest
        self.reset()

    def reset(self) -> None:
        """Forget what an attempt to take it has made of it."""
        self.memory, self.record, self.past, self.fields = None, None, [], ()
        self.notes: list[Note] = []
        self.log_entries = 0
        self.outcome, self.is_new, self.is_changed = TAKEN, True, False

    def note(
        self, code: str, message: Any, field: str = "", value: Any = "", other: Any = None
    ) -> None:
        self.notes.append(Note(code, str(message), field, printable(value), other))

    def refuse(self, refused: Refused) -> None:
        self.outcome, self.record, self.notes = REFUSED, None, [*self.notes, refused.note]

    def recall(self, memory: ImportedRow) -> None:
        """Be what was made of it before."""
        self.memory, self.outcome, self.is_new = memory, memory.outcome, False
        self.notes = [Note(**told) for told in memory.notes]

    @property
    def record_id(self) -> int | None:
        return self.memory.record_id if self.memory else getattr(self.record, "pk", None)


_encode = json.JSONEncoder(default=str, sort_keys=True).encode


def digest_of(values: Mapping[str, Any]) -> str:
    text = _encode(values)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
