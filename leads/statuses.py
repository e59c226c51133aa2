"""Moving a lead through the pipeline: any status may follow any other."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.base.context import acting, current
from crm.base.errors import invalid
from crm.base.text import validate_text
from leads.choices import Status
from leads.conversion import convert
from leads.lead import Lead

LONGEST_REASON = 500


def move(lead: Lead, status: str, reason: str = "", *, ask_why: bool = False) -> None:
    """Give ``lead`` another status; ``reason`` is told in its history.

    To close a lead without a customer is to convert it, with all that ``convert`` may raise.
    ``ask_why`` makes a lead that is discarded need a reason: people are asked, old programs cannot
    be. Raises ``ValidationError`` for an unknown status or a reason that is missing or no text.
    """
    if status not in Status.values:
        message = _("The status is one of %(known)s.") % {"known": ", ".join(Status.values)}
        raise invalid("status", message, "invalid_choice")
    reason = _checked(reason)
    if status == Status.DISCARDED != lead.status and ask_why and not reason:
        raise invalid("reason", _("Say why the lead is discarded."), "required")
    with acting(reason=reason or current().reason), transaction.atomic():
        if status == Status.CLOSED and lead.customer_id is None:
            convert(lead)
        else:
            lead.status = status
            lead.save()


def _checked(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        message = _("Use at most %(most)d characters.") % {"most": LONGEST_REASON}
        raise invalid("reason", message, "max_length")
    try:
        validate_text(reason)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    return reason
