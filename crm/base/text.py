"""Model fields for text that comes from people: one canonical form, and nothing that deceives."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from crm.base.generic_fields import CharField, Get, Set, TextField, URLField
from crm.base.generic_fields import EmailField as StockEmailField

LONGEST_NOTE = 10_000
LONGEST_ADDRESS = 500

# XML, and with it every spreadsheet, has no way to write most of these.
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# They turn the order of what is shown around them: "exe.gpj" reads as "jpg.exe".
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Not \s, which has control characters in it.
_SPACES = re.compile(r"[ \t\n\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # Unicode's categories

_REFUSED = [
    (re.compile("\0"), "null_characters", _("Null characters are not allowed.")),
    (_SURROGATES, "surrogate_characters", _("This text is not valid Unicode.")),
    (_CONTROLS, "control_characters", _("Control characters are not allowed.")),
    (_BIDI, "bidirectional_controls", _("Characters that reverse text are not allowed.")),
]


def validate_text(text: str) -> None:
    """Raise ``ValidationError`` for characters that no honest text has."""
    if text.isprintable() and not text.isspace():
        return  # as most are: nothing of what follows is printable
    for pattern, code, message in _REFUSED:
        if pattern.search(text):
            raise ValidationError(message, code=code)
    if text and all(unicodedata.category(character) in _INVISIBLE for character in text):
        raise ValidationError(_("This text has nothing visible in it."), code="invisible_text")


def validate_secure_address(address: str) -> None:
    """Raise ``ValidationError`` unless the web address is read over TLS."""
    # Not URLValidator(schemes=...): DRF takes a URLValidator out and puts its own, laxer one in.
    if not address.lower().startswith("https://"):
        raise ValidationError(_("Enter an address that starts with https://."), code="not_https")


def validate_web_address(address: str) -> None:
    """Raise ``ValidationError`` unless a browser would open the address as a page."""
    if not address.lower().startswith(("https://", "http://")):
        message = _("Enter an address that starts with https:// or http://.")
        raise ValidationError(message, code="not_web")


class LineField(CharField[Set, Get]):
    """One line: NFC, trimmed; single spaces, also for tabs and line breaks that were pasted."""

    default_validators = [validate_text]

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text and _SPACES.sub(" ", unicodedata.normalize("NFC", text).strip())


class NoteField(TextField[Set, Get]):
    r"""Several lines: NFC, trimmed, lines end with \n. The length is checked in Python."""

    default_validators = [validate_text]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_NOTE)
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(kwargs["max_length"]))

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        if not text:
            return text
        return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text).strip())

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))


class EmailField(StockEmailField[Set, Get]):
    """An email address in its one spelling: NFKC, lower case; null when empty and allowed."""

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        if text is None:
            return None
        return canonical_email(text) or (None if self.null else "")


def canonical_email(text: str) -> str:
    """Return the one spelling under which an address is stored, compared and unique."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).strip()


class WebAddressField(URLField[Set, Get]):
    """A web address that is shown as a link: https only."""

    default_validators = [URLValidator(), validate_secure_address, validate_text]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_ADDRESS)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text and text.strip()

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


class LinkField(WebAddressField[Set, Get]):
    """The address of a page somewhere, which may be an old one without TLS."""

    default_validators = [URLValidator(), validate_web_address, validate_text]
