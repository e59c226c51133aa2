"""Flattens the nested error structures of Django and DRF into ``{field, code, detail}`` rows."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

WHOLE = "non_field_errors"


def flatten(details: Any) -> list[dict[str, str]]:
    """Return rows for ``APIException.get_full_details()``; nested names are joined by dots."""
    return list(_rows(details, ""))


def _rows(details: Any, path: str) -> Iterator[dict[str, str]]:
    if isinstance(details, list):
        for index, item in enumerate(details):
            nested = isinstance(item, dict) and "message" not in item
            yield from _rows(item, _join(path, str(index)) if nested else path)
    elif isinstance(details, dict) and isinstance(details.get("message"), str):
        yield {"field": path, "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, item in details.items():
            yield from _rows(item, path if name == WHOLE else _join(path, str(name)))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def flatten_validation(error: ValidationError) -> list[dict[str, str]]:
    """Return rows for Django's ``ValidationError``, raised by models and forms."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return [
        {
            "field": "" if name == NON_FIELD_ERRORS else name,
            "code": item.code or "invalid",
            "detail": " ".join(item.messages),
        }
        for name, items in by_field.items()
        for item in items
    ]
