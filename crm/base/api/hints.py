"""What an error adds to "this is wrong": what would be right."""

from collections.abc import Iterable
from itertools import islice

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail

MOST_NAMED = 40  # a list of countries or time zones helps nobody


def one_of(known: Iterable[object]) -> str:
    """Return "Use one of: …", "" when there are none or too many to name."""
    names = [str(name) for name in islice(known, MOST_NAMED + 1)]
    if not 0 < len(names) <= MOST_NAMED:
        return ""
    return _("Use one of: %(known)s.") % {"known": ", ".join(names)}


def unknown_fields(names: list[str], known: Iterable[object]) -> dict[str, list[ErrorDetail]]:
    """Return an error for each of ``names``, the first of which says what fields there are."""
    text = _("There is no such field.")
    found = {name: [ErrorDetail(text, code="unknown")] for name in names}
    for name in names[:1]:
        found[name] = [ErrorDetail(f"{text} {one_of(known)}".strip(), code="unknown")]
    return found
