"""Contact data in one form: E.164 phones, lower-case e-mail, ISO country codes."""

import unicodedata

import phonenumbers
from babel import Locale

from benchmarks.peer.settings import PHONE_REGION

COUNTRIES = {
    name.casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2
}


def e164(text: str) -> str:
    """Return the phone as +584123456789; raises ``ValueError``."""
    try:
        number = phonenumbers.parse(text, PHONE_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("Enter a phone number with its area code.") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("Enter a phone number with its area code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def canonical_email(address: str) -> str:
    return unicodedata.normalize("NFKC", address).lower()


def country_code(name: str) -> str:
    return COUNTRIES.get(name.casefold(), "")
