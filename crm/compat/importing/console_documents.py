"""000's documents: what all of them have."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from crm.base.text import canonical_email
from crm.compat.importing.rows import Row, printable
from crm.compat.importing.table import Table
from crm.compat.models import NUMBER

SHOWN = re.compile(r"(?:USR|FAC)0*([1-9][0-9]*)")
EMAIL = "email"  # the kind of legacy id by which invoices name their customer


class FromMongo(Table):
    key = "_id"
    order = ()
    needed = ()

    # The id that clients hold, such as USR007: what counts is its number.
    shown: ClassVar[str]

    def legacy_id(self, row: Row) -> str:
        return number(row.values, self.shown)

    def highest_id(self) -> int:
        ids = (number(values, self.shown) for values in self.run.source.rows(self.name, ()))
        return max((int(number) for number in ids if NUMBER.fullmatch(number)), default=0)


def number(values: Mapping[str, Any], column: str) -> str:
    shown = printable(values.get(column) or "")
    found = SHOWN.fullmatch(shown)
    return found[1] if found else shown[:100]


def email(row: Row, *columns: str) -> str:
    """Return the email in the first of ``columns`` that has one, as it is stored."""
    values = (row.values.get(column) for column in columns)
    return canonical_email(printable(next((value for value in values if value), "")))[:100]
