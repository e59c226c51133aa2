"""Why a notice is not sent: words for the operator, in which nobody is named."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """What we find ourselves; what a mail server or gateway says is kept as its code."""

    NOT_THEIRS = "not_theirs", _("not for this person any more")
    SWITCHED_OFF = "switched_off", _("switched off")
    NO_ADDRESS = "no_address", _("no address")
    IRRELEVANT = "irrelevant", _("no longer of interest")
    NEVER_FINISHED = "never_finished", _("no worker finished it")


class Undeliverable(Exception):
    """It was refused for good: to try again would change nothing."""


class NotNeeded(Exception):
    """There is nobody to tell, or nothing to tell any more, for one ``Reason``."""


def explained(error: str) -> str:
    """Return what is stored as a notice's reason in the reader's language."""
    return str(Reason(error).label) if error in Reason.values else error
