"""Serializer fields of the shared floor."""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.base.api.hints import one_of
from crm.base.money import amount_text


class Choice(serializers.ChoiceField):
    """One of a few words; who sends another is told them."""

    default_error_messages = {"invalid_choice": _('"{input}" is not a valid choice. {known}')}

    def fail(self, key: str, **words: Any) -> NoReturn:
        super().fail(key, known=one_of(self.choices), **words)


class FromColumns(serializers.Field[Any, Any, Any, Any]):
    """A field whose answer is made from columns of the row."""

    # Whether it is answered as a text that tells an amount.
    is_amount = False

    def columns(self) -> Sequence[str]:
        """Return the paths to read, as ``values()`` takes them."""
        raise NotImplementedError(f"{type(self).__name__} names no columns")

    def compute(self, row: dict[str, Any]) -> Any:
        """Return the field's value; ``row`` holds the columns."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing")

    def parts(self) -> Sequence[str]:
        """Return the names of what a file shows in columns of their own; "" is the whole."""
        return ("",)


class Computed(FromColumns):
    """Such a field that nobody sets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "required": ["id", "username"],
        "properties": {"id": {"type": "integer"}, "username": {"type": "string"}},
    }
)
class PersonField(Computed):
    """A user as ``{"id": 7, "username": "alice"}``; nothing else of them leaves."""

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = f"{self.source}_id", f"{self.source}__username"

    def columns(self) -> Sequence[str]:
        return self.paths

    def compute(self, row: dict[str, Any]) -> dict[str, Any] | None:
        key, name = self.paths
        return None if row[key] is None else {"id": row[key], "username": row[name]}

    def parts(self) -> Sequence[str]:
        return "id", "username"


class VisibleRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """A foreign key that knows only what the actor may see."""

    default_error_messages = {
        "does_not_exist": _("There is no such record."),
        "incorrect_type": _("Send the number of a record."),
    }

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if len(str(data)) > 18:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class SummaryField(FromColumns, VisibleRelatedField):
    """A foreign key: a number comes in, ``{"id": 7, "username": "alice"}`` goes out.

    What went out may come in again. ``shown`` names the columns beside the number.
    """

    def __init__(self, *, shown: Sequence[str], **options: Any) -> None:
        self.shown = shown
        super().__init__(**options)

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = {name: f"{self.source}__{name}" for name in self.shown}

    def columns(self) -> Sequence[str]:
        return f"{self.source}_id", *self.paths.values()

    def compute(self, row: dict[str, Any]) -> dict[str, Any] | None:
        pk = row[f"{self.source}_id"]
        return None if pk is None else {"id": pk, **self.told(row)}

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return what is shown beside the number."""
        return {name: row[path] for name, path in self.paths.items()}

    def names(self) -> Sequence[str]:
        """Return the names of what is shown, for the API's description."""
        return self.shown

    def parts(self) -> Sequence[str]:
        return "id", *self.names()

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.get("id") if isinstance(data, dict) else data)


class AmountField(FromColumns, serializers.DecimalField):
    """An amount of money: a number or a text comes in, a text in its currency's form goes out."""

    is_amount = True

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        model_field = parent.Meta.model._meta.get_field(field_name)
        self.paths: tuple[str, str] = field_name, model_field.currency

    def columns(self) -> Sequence[str]:
        return self.paths

    def compute(self, row: dict[str, Any]) -> str | None:
        amount, currency = self.paths
        return amount_text(row[amount], row[currency])
