"""The words of the pipeline."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(TextChoices):
    WEB = "web", _("Web")
    WHATSAPP = "whatsapp", _("WhatsApp")
    INSTAGRAM = "instagram", _("Instagram")
    MANUAL = "manual", _("Entered by hand")


class Status(TextChoices):
    NEW = "new", _("New")
    CONTACTED = "contacted", _("Contacted")
    QUOTED = "quoted", _("Quoted")
    CLOSED = "closed", _("Won")
    DISCARDED = "discarded", _("Discarded")


class ProcessStatus(TextChoices):
    ACTIVE = "active", pgettext_lazy("process", "Active")
    PENDING = "pending", _("Pending")
    COMPLETED = "completed", _("Completed")


class ActionType(TextChoices):
    """The usual ones: an action may have any word of the caller's."""

    CALL = "call", _("Call")
    EMAIL = "email", _("Email")
    MEETING = "meeting", _("Meeting")
    WHATSAPP = "whatsapp", _("WhatsApp")
    NOTE = "note", _("Note")


OPEN = (Status.NEW, Status.CONTACTED, Status.QUOTED)
FINISHED = (Status.CLOSED, Status.DISCARDED)
# When a prospect is asked again, unless somebody sets another date.
FOLLOW_UP_AFTER = timedelta(days=7)
LONGEST_WORD = 50
