"""What a serializer reads, and how that becomes what it answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from crm.base.api.fields import FromColumns
from crm.base.storing.statements import Selection

Row = dict[str, Any]


class Plan:
    """Worked out once for each serializer and set of hidden fields."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        shown = {name: field for name, field in fields.items() if not field.write_only}
        self.shown = shown
        self._computed = [
            (n, field) for n, field in shown.items() if isinstance(field, FromColumns)
        ]
        needed = [path for _name, field in self._computed for path in field.columns()]
        self._empty = dict.fromkeys(shown)  # in the order of the answer
        self._plain = [name for name in shown if not isinstance(shown[name], FromColumns)]
        # No two plain fields show one column: each takes the value at its own place.
        sources = [shown[name].source for name in self._plain]
        self.columns = tuple(dict.fromkeys([*sources, *needed]))
        self.selection = Selection(self.columns)

    def answer(self, values: Sequence[Any]) -> Row:
        """Turn the values of ``columns`` into the row answered."""
        answer = self._empty | dict(zip(self._plain, values, strict=False))
        if self._computed:
            row = dict(zip(self.columns, values, strict=True))
            for name, field in self._computed:
                answer[name] = field.compute(row)
        return answer

    def row(self, instance: Model) -> Row:
        """Return the row answered for a record that is in memory."""
        stored = instance.__dict__
        return self.answer(
            [stored[path] if path in stored else _follow(instance, path) for path in self.columns]
        )


def _follow(instance: Any, path: str) -> Any:
    for name in path.split("__"):
        if instance is None:
            return None
        instance = getattr(instance, name)
    return instance.pk if isinstance(instance, Model) else instance
