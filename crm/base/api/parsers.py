"""JSON in: what must not be stored is refused at the door, with a reason."""

import json
import math
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser

from crm.base.api.refusals import TooLarge

MAX_DEPTH = 32
MAX_DIGITS = 30


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ParseError(_("A name occurs twice in one object."), code="duplicate_name")
    return result


def _constant(name: str) -> None:
    raise ParseError(_("%(name)s is not a JSON number.") % {"name": name}, code="bad_number")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ParseError(_("A number has too many digits."), code="bad_number")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ParseError(_("A number is too large."), code="bad_number")
    return number


def check(value: Any, depth: int = 0) -> None:
    """Refuse deep nesting and characters that no database can store."""
    if depth > MAX_DEPTH:
        raise ParseError(_("The JSON is nested too deeply."), code="too_deep")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name)
            check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check(item, depth + 1)


def check_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError(_("The text has a NUL character."), code="bad_character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            message = _("The text has half of a character (a lone surrogate).")
            raise ParseError(message, code="bad_character") from None


_decode = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_float,
    parse_int=_integer,
).decode


def loads(body: bytes) -> Any:
    """Return the value of the JSON text ``body``; raises ``ParseError`` (400) with a reason."""
    try:
        value = _decode(body.decode())
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8 text."), code="bad_encoding") from error
    except RecursionError as error:
        raise ParseError(_("The JSON is nested too deeply."), code="too_deep") from error
    except ValueError as error:
        message = _("The body is not JSON: %(reason)s") % {"reason": error}
        raise ParseError(message, code="malformed") from error
    check(value)
    return value


def bounded(stream: Any) -> bytes:
    """Return what ``stream`` holds; raises 413 when that is more than JSON may be."""
    body: bytes = stream.read(settings.JSON_BODY_LIMIT + 1)
    if len(body) > settings.JSON_BODY_LIMIT:
        raise TooLarge(_("The body is larger than a megabyte."))
    return body


class StrictJSONParser(BaseParser):
    """Parses an object of JSON (RFC 8259) under the limits above."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = bounded(stream)
        value = loads(body) if body.strip() else {}
        if not isinstance(value, dict):
            raise ParseError(_("The body must be a JSON object."), code="not_an_object")
        return value


class StrictMultiPartParser(MultiPartParser):
    """Parses a form with files; refuses one that was cut off, which Django takes for complete."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read()
        parsed = super().parse(BytesIO(body), media_type, parser_context)
        boundary = parse_header_parameters(media_type)[1]["boundary"]
        if f"--{boundary}--".encode("ascii") not in body:  # RFC 2046, section 5.1.1
            raise ParseError(_("The form was cut off before its end."), code="malformed")
        check(dict(parsed.data.lists()))
        return parsed


class StrictFormParser(FormParser):
    """Parses a form under the same limits."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        values = super().parse(BytesIO(bounded(stream)), media_type, parser_context)
        check(dict(values.lists()))
        return values
