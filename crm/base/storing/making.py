"""How records come into being: with less ado than Django makes, to the same effect.

Django goes through the fields one by one, asks each for its default and sets each as an attribute,
which takes most of the time of reading a row.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init


class QuicklyMade(models.Model):
    """A model whose columns are plain attributes."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **values: Any) -> None:
        kind: Any = type(self)
        defaults = _defaults(kind)
        related = values.keys() - defaults.names
        if args or not related <= defaults.related:
            super().__init__(*args, **values)  # knows properties, and refuses
            return
        pre_init.send(kind, args=args, kwargs=values)
        self._state = ModelState()
        self.__dict__.update(defaults.constant)
        for name, make in defaults.made.items():
            if name not in values:
                self.__dict__[name] = make()
        self.__dict__.update(values)
        for name in related:
            setattr(self, name, self.__dict__.pop(name))
        post_init.send(kind, instance=self)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """Return the record with these values of its columns; others are read when asked for."""
        pre_init.send(cls, args=values, kwargs=options)
        instance = cls.__new__(cls)
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, db
        instance.__dict__.update(zip(field_names, values, strict=True))
        post_init.send(cls, instance=instance)
        return instance


class Defaults(NamedTuple):
    """What new instances of a model hold; the columns ``names`` are all of them.

    ``related`` are the names under which columns take a record instead of its key.
    """

    names: frozenset[str]
    related: frozenset[str]
    constant: dict[str, Any]
    made: dict[str, Callable[[], Any]]


@cache
def _defaults(model: Any) -> Defaults:
    fields = [] if model._meta.abstract else model._meta.concrete_fields
    made = {
        field.attname: field.get_default
        for field in fields
        if field.has_db_default() or (field.has_default() and callable(field.default))
    }
    constant = {
        field.attname: field.get_default()
        for field in fields
        if field.attname not in made and not field.generated
    }
    related = frozenset(field.name for field in fields if field.is_relation)
    return Defaults(frozenset({*made, *constant}), related, constant, made)
