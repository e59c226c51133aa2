"""Phone numbers: parsed where they come in, stored and read as E.164 text ("+584123456789")."""

import re
import unicodedata
from typing import Any, cast

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber  # type: ignore[import-untyped]
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from crm.base.generic_fields import CharField, Get, Set

LONGEST = 16  # "+" and the 15 digits that E.164 allows
LONGEST_AS_TYPED = 40
E164 = re.compile(r"\+[1-9][0-9]{4,14}")
_AS_TYPED = re.compile(r"[(]?\+?[0-9 ().\-/]*")
_LETTER = re.compile("[A-Za-zÀ-ÖØ-öø-ɏА-я]")
_ELSEWHERE = "+442079460958"  # an example where the region has none of its own


class Phone(str):
    """A phone as ``parse_phone`` returns it, which need not be parsed again."""

    __slots__ = ()


def parse_phone(text: str, region: str | None = None) -> Phone:
    """Return ``text``, as people type it, in E.164.

    ``region`` (default: the installation's) is where a number without country code is dialled.
    A possible number is enough: number plans change faster than their metadata. Raises
    ``ValidationError`` (``invalid_phone``), also for extensions and numbers without area code.
    """
    region = region or settings.PHONENUMBER_DEFAULT_REGION
    dialled = as_dialled(text)
    try:
        number = PhoneNumber.from_string(_with_plus(dialled), region)
    except NumberParseException as error:
        raise _invalid_phone(region) from error
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # Not is_possible_number(): it takes a local number, whose E.164 form reaches nobody.
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != ValidationResult.IS_POSSIBLE or len(written) > LONGEST:
        raise _invalid_phone(region)
    if number.italian_leading_zero and written != text:
        return parse_phone(written, region)  # +4300001 is +430001, read once more
    return Phone(written)


def readable_phone(text: str) -> Phone | None:
    """Return ``text`` in E.164; None when that is not possible."""
    try:
        return parse_phone(text)
    except ValidationError:
        return None


def as_dialled(text: str) -> str:
    """Return the digits of ``text``, after a "+" if there is one; "" if it is no phone number.

    Letters, an extension or more than ``LONGEST_AS_TYPED`` visible characters make it none.
    """
    if E164.fullmatch(text):
        return text
    if len(text) > 4 * LONGEST_AS_TYPED or _LETTER.search(text):  # as most texts have, so be quick
        return ""
    plain = "".join(map(_plain, unicodedata.normalize("NFKC", text))).strip()
    if len(plain) > LONGEST_AS_TYPED or not _AS_TYPED.fullmatch(plain):
        return ""
    return re.sub(r"[^+0-9]", "", plain)


def _plain(character: str) -> str:
    """Return what ``character`` stands for: phones are pasted from pages and messengers."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if category == "Cf":
        return ""
    return " " if character.isspace() else character


def _with_plus(dialled: str) -> str:
    # Most of the world dials 00 for "+"; libphonenumber knows it only for regions that do.
    return "+" + dialled[2:] if dialled.startswith("00") else dialled


def _invalid_phone(region: str) -> ValidationError:
    message = _("Enter a phone number with its area code, for example %(example)s.")
    return ValidationError(message, code="invalid_phone", params={"example": _example(region)})


def _example(region: str) -> str:
    kind = phonenumbers.PhoneNumberType.MOBILE
    number = phonenumbers.example_number_for_type(region, kind)
    if number is None:
        number = phonenumbers.parse(_ELSEWHERE)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


class PhoneField(CharField[Set, Get]):
    """A phone in E.164. Cleaning and writing parse; reading costs nothing.

    The empty text becomes null where null is allowed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str | None:
        if isinstance(value, Phone):
            return value
        if value is None or not str(value).strip():
            return None if self.null else value
        return parse_phone(str(value))

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str) and E164.fullmatch(value):
            return value
        return super().get_prep_value(value)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        # What is typed is longer than what is stored.
        field = super().formfield(**{"max_length": LONGEST_AS_TYPED, **kwargs})
        if field is not None:
            cast(forms.TextInput, field.widget).input_type = "tel"
        return field
