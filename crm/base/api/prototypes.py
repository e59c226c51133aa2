"""What all instances of a serializer are copies of: built once, by introspection."""

from functools import cache
from typing import Any, TypeVar

from django.core.validators import ProhibitNullCharactersValidator
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

Thing = TypeVar("Thing")

# Parsers refuse what these do at the door, and the model's own validators refuse it again.
UNSTORABLE = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


@cache
def prototype_of(serializer: Any) -> Any:
    return serializer()


@cache
def fields_of(serializer: Any) -> dict[str, Any]:
    """Return every field by its name, bound to no instance."""
    fields: dict[str, Any] = serializer().build_fields()
    for field in fields.values():
        field.validators = [one for one in field.validators if not isinstance(one, UNSTORABLE)]
    return fields


@cache
def expected_of(serializer: Any, as_given: bool) -> frozenset[str]:
    """Return the names of the fields that count for values which leave them out.

    Of one that is optional the framework learns by an exception that there is nothing to do. Unless
    the values are taken ``as_given``, all that can be set count.
    """
    return frozenset(
        name
        for name, field in fields_of(serializer).items()
        if not field.read_only and (field.required or field.default is not empty or not as_given)
    )


def copy_of(thing: Thing) -> Thing:
    """Return a shallow copy, without asking how a thing is pickled as ``copy.copy`` does."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin
