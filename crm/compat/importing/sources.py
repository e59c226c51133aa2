"""What an old database is read through."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.base.errors import RuleError

Values = Mapping[str, Any]


class SourceError(RuleError):
    """The source cannot be read, or is not what it is said to be."""

    code = "source"


class Source(ABC):
    """A database of a replaced service, which is only read."""

    @abstractmethod
    def columns(self, table: str) -> Sequence[str]:
        """Return the names of the columns of ``table``; none when there is no such table."""

    @abstractmethod
    def count(self, table: str) -> int:
        """Return how many rows ``table`` has."""

    def highest(self, table: str, column: str) -> int:
        """Return the largest number in ``column`` of ``table``; 0 where there is none."""
        raise NotImplementedError

    @abstractmethod
    def rows(self, table: str, order: Sequence[str]) -> Iterator[Values]:
        """Yield the rows of ``table`` in the order of the columns ``order``."""

    @abstractmethod
    def close(self) -> None: ...

    def rows_where(self, table: str, values: Values, column: str, among: Sequence[Any]) -> Any:
        """Return the rows of ``table`` with ``values`` whose ``column`` is ``among`` some."""
        raise NotImplementedError

    def remarks(self) -> Sequence[str]:
        """Return what whoever imports should know beside the rows."""
        return ()

    def check(self, table: str, needed: Sequence[str], service: str) -> None:
        """Raise ``SourceError`` unless ``table`` is there with the columns ``needed``."""
        columns = self.columns(table)
        named = {"table": table, "service": service}
        if not columns:
            message = _("There is no table %(table)s: is this really the database of %(service)s?")
            raise SourceError(message % named)
        if missing := ", ".join(sorted(set(needed) - set(columns))):
            message = _("%(table)s lacks %(missing)s: is this really the database of %(service)s?")
            raise SourceError(message % {**named, "missing": missing})
