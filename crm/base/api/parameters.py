"""Query parameters: one that is unknown, repeated or unfit to store is told, not ignored."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from crm.base.api.filter_fields import FLAGS
from crm.base.api.parsers import check_text
from crm.base.api.refusals import BadRequest

MAX_LENGTH = 200


def check_parameters(query: QueryDict, allowed: frozenset[str]) -> None:
    """Raise 400 naming the first query parameter that is unknown, repeated or unfit to store."""
    for name, values in query.lists():
        if name not in allowed:
            known = ", ".join(sorted(allowed)) or _("none")
            message = _("There is no parameter %(name)s here. Known: %(known)s.")
            text = message % {"name": repr(name[:50]), "known": known}
            raise BadRequest(text, field=name[:50], code="unknown_parameter")
        if len(values) > 1:
            raise BadRequest(_("Give this parameter once."), field=name, code="repeated")
        if len(values[0]) > MAX_LENGTH and name != "cursor":
            message = _("Use at most %(most)d characters.") % {"most": MAX_LENGTH}
            raise BadRequest(message, field=name, code="too_long")
        try:
            check_text(values[0])
        except ParseError as error:
            raise BadRequest(error.detail, field=name, code="bad_character") from error


def flag(query: QueryDict, name: str) -> bool:
    """Return whether a parameter says ``true``; raises 400 unless it is true, false or absent."""
    value = query.get(name, "false")
    if value not in FLAGS:
        raise BadRequest(_("Use true or false."), field=name, code="bad_value")
    return FLAGS[value]
