"""Lists as files for spreadsheets: what the API answers of a list, all of it, row by row."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.base.api.fields import FromColumns
from crm.base.api.pagination import PARAMETERS
from crm.base.api.refusals import BadRequest
from crm.base.api.serializers import RecordSerializer
from crm.base.api.viewsets import RecordViewSet
from crm.base.storing.chunks import in_chunks
from crm.base.tables import Table, export, format_of


class Exportable(RecordViewSet):
    """Answers its list with ``?format=csv`` or ``xlsx``, or the Accept header, as a file.

    The rows are those of all pages of the same question, and so are the rights.
    """

    # The actions that answer it.
    exported: ClassVar[frozenset[str]] = frozenset({"list"})

    def known_parameters(self) -> frozenset[str]:
        known = super().known_parameters()
        return known | {"format"} if self.verb in self.exported else known

    def list(self, request: Request) -> Any:
        form = format_of(request)
        if form == "json":
            return super().list(request)
        return export(request, self.table(), form, what="list")

    def table(self) -> Table:
        """Return everything that the query asks for; raises 400 where it asks for a page."""
        for name in sorted(PARAMETERS & self.request.query_params.keys()):
            message = _("A file holds all rows: leave %(name)s out.") % {"name": name}
            raise BadRequest(message, field=name, code="not_in_a_file")
        return table_of(self.basename, self.serializer(), self.narrowed(), self.ordering())


def table_of(
    name: str, serializer: RecordSerializer, records: QuerySet[Any], ordering: Sequence[str]
) -> Table:
    """Return ``records`` in ``ordering`` as ``serializer`` shows them.

    What is shown of another record is a column for each part: ``customer_id``, ``customer_name``.
    """
    columns = Columns(serializer)
    rows = in_chunks(records, ordering, serializer.rows)
    return Table(name, columns.names, map(columns.values, rows))


class Columns:
    """The columns of a file: the fields that a serializer shows, in their order."""

    def __init__(self, serializer: RecordSerializer) -> None:
        shown = serializer.plan().shown
        self._read = [(name, part) for name in shown for part in parts_of(shown[name])]
        self._amounts = {name for name, field in shown.items() if getattr(field, "is_amount", 0)}
        self.names = [f"{name}_{part}" if part else name for name, part in self._read]

    def values(self, row: Mapping[str, Any]) -> Sequence[Any]:
        return [self._value(name, part, row[name]) for name, part in self._read]

    def _value(self, name: str, part: str, value: Any) -> Any:
        if value is None:
            return None
        if part:
            return value[part]
        return Decimal(value) if name in self._amounts else value


def parts_of(field: Any) -> Sequence[str]:
    return field.parts() if isinstance(field, FromColumns) else ("",)
