"""Keyset pages: each starts after the last row seen, instead of counting past those before it."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from crm.base.api.parameters import flag
from crm.base.api.parsers import check
from crm.base.api.refusals import BadRequest
from crm.base.as_of import journey
from crm.base.links import absolute
from crm.base.storing import tallies
from crm.base.storing.row_comparison import Greater, Less, row

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
PARAMETERS = frozenset({"cursor", "page_size", "count"})


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the values of the ordering columns, and which way to read."""

    values: tuple[Any, ...]
    backwards: bool = False

    def encode(self) -> str:
        text = json.dumps([int(self.backwards), *map(_jsonable, self.values)])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, columns: int) -> "Cursor":
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            check(values)
            backwards, *rest = values
        except (ValueError, TypeError, binascii.Error, RecursionError, ParseError) as error:
            raise bad_cursor() from error
        if len(rest) != columns or None in rest or backwards not in (0, 1):
            raise bad_cursor()
        return cls(tuple(rest), bool(backwards))


def _jsonable(value: Any) -> Any:
    return value if isinstance(value, int | str) else value.isoformat()


def bad_cursor() -> BadRequest:
    return BadRequest(_("Take the cursor from a page's next or previous link."), field="cursor")


def page_size(query: QueryDict) -> int:
    """Return the rows asked for; raises 400 outside 1 to 200."""
    text = query.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PAGE_SIZE):
        message = _("page_size is a number from 1 to %(most)d.") % {"most": MAX_PAGE_SIZE}
        raise BadRequest(message, field="page_size")
    return int(text)


def after(queryset: QuerySet[Any], ordering: Sequence[str], cursor: Cursor) -> QuerySet[Any]:
    """Keep the rows beyond ``cursor``: one comparison of all columns, which bounds the index scan.

    The columns of ``ordering`` all go the same way.
    """
    columns = [name.lstrip("-") for name in ordering]
    beyond = Less if ordering[0].startswith("-") != cursor.backwards else Greater
    values = [
        stored(queryset.model._meta.get_field(column), given)
        for column, given in zip(columns, cursor.values, strict=True)
    ]
    return queryset.filter(beyond(row(columns), values))


def stored(field: Any, given: Any) -> Any:
    """Return a cursor's value as ``field`` has it; raises 400 for what it cannot have."""
    try:
        value = field.to_python(given)
        field.run_validators(value)  # a number that is too large for any row
        return value.astimezone(UTC) if isinstance(value, datetime) else value
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise bad_cursor() from error


def reverse(ordering: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in ordering]


class Page:
    """One page of ``queryset`` in ``ordering``, which ends in a unique column.

    ``rows`` are what ``fetch`` (say, ``serializer.rows``) makes of the limited queryset: mappings
    that hold the ordering columns.
    """

    def __init__(self, queryset: Any, ordering: Sequence[str], query: QueryDict) -> None:
        self.queryset, self.ordering, self.query = queryset, ordering, query
        self.size = page_size(query)
        text = query.get("cursor")
        self.cursor = Cursor.decode(text, len(ordering)) if text else None

    def fetch(self, fetch: Any) -> list[dict[str, Any]]:
        backwards = bool(self.cursor and self.cursor.backwards)
        rows: list[dict[str, Any]] = list(fetch(self.limited(backwards)))
        more, rows = len(rows) > self.size, rows[: self.size]
        if backwards:
            rows.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else self.cursor is not None
        return rows

    def limited(self, backwards: bool) -> Any:
        """Return what ``fetch`` makes rows of: one more than fit, in the order that is read."""
        ordering = reverse(self.ordering) if backwards else self.ordering
        rows = after(self.queryset, self.ordering, self.cursor) if self.cursor else self.queryset
        return rows.order_by(*ordering)[: self.size + 1]

    def answer(self, path: str, fetch: Any) -> dict[str, Any]:
        """Return ``{next, previous, results}``, and ``count`` when the query asks for it."""
        rows = self.fetch(fetch)
        body: dict[str, Any] = {
            "next": self._link(path, rows[-1], False) if rows and self.has_next else None,
            "previous": self._link(path, rows[0], True) if rows and self.has_previous else None,
            "results": rows,
        }
        if flag(self.query, "count"):
            body["count"] = self.count()
        return body

    def count(self) -> int | None:
        under_way = journey()
        count = under_way.count if under_way else tallies.total
        return count(self.queryset)

    def _link(self, path: str, row: dict[str, Any], backwards: bool) -> str:
        query = self.query.copy()
        values = tuple(row[name.lstrip("-")] for name in self.ordering)
        query["cursor"] = Cursor(values, backwards).encode()
        return absolute(f"{path}?{query.urlencode()}")
