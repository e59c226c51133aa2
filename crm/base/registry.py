"""Questions a lower app asks without knowing who answers.

A higher app adds its answer in ``AppConfig.ready``; the lower app calls the question::

    archive_guards.add(Customer, open_leads)          # in leads
    reasons = archive_guards.ask(customer)            # in customers
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """A named question about a record; each app that knows something adds a function."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: dict[type, list[Callable[[Any], Answer | None]]] = defaultdict(list)

    def add(self, model: type, function: Callable[[Any], Answer | None]) -> None:
        """Answer for records of ``model``; ``function`` returns None when it has nothing to say."""
        self._functions[model].append(function)

    def remove(self, model: type, function: Callable[[Any], Answer | None]) -> None:
        self._functions[model].remove(function)

    def ask(self, record: Any) -> list[Answer]:
        """Return what the apps have to say of ``record``, in the order they registered."""
        return list(self._answers(record))

    def _answers(self, record: Any) -> Iterator[Answer]:
        for function in self._functions[type(record)]:
            answer = function(record)
            if answer is not None:
                yield answer


# Why a record should not be archived without asking: sentences for a person.
archive_guards: Question[Any] = Question("archive_guards")
# What must happen with a record's dependants when it is archived.
archived: Question[None] = Question("archived")
# What a record's page shows beside its own fields: (title, HTML) pairs.
page_panels: Question[tuple[Any, str]] = Question("page_panels")
