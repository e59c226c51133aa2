"""Django's fields that ours derive from, with type parameters as in their stubs."""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

Set = TypeVar("Set", contravariant=True)
Get = TypeVar("Get", covariant=True)

if TYPE_CHECKING:
    from django.db.models import CharField, DecimalField, EmailField, TextField, URLField
else:

    class _Generic:
        def __class_getitem__(cls, types: Any) -> type[Self]:
            return cls

    class CharField(_Generic, models.CharField):
        pass

    class DecimalField(_Generic, models.DecimalField):
        pass

    class EmailField(_Generic, models.EmailField):
        pass

    class TextField(_Generic, models.TextField):
        pass

    class URLField(_Generic, models.URLField):
        pass


__all__ = ["CharField", "DecimalField", "EmailField", "Get", "Set", "TextField", "URLField"]
