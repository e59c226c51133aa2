"""Compares several columns at once: ``(name, id) > ('Ana', 7)``, which bounds an index scan."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.lookups import GreaterThan, LessThan


def row(columns: Iterable[str]) -> Tuple:
    return Tuple(*map(F, columns))


class Greater(TupleGreaterThan):
    def get_fallback_sql(self, compiler: Any, connection: Any) -> Any:
        """Compare rows on SQLite too: Django would write ORs, for which it reads a whole index."""
        return GreaterThan.as_sql(self, compiler, connection)


class Less(TupleLessThan):
    def get_fallback_sql(self, compiler: Any, connection: Any) -> Any:
        """See ``Greater``."""
        return LessThan.as_sql(self, compiler, connection)
