"""When something was done, and when something is to be done."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Clocks differ a little.
TOLERANCE = timedelta(minutes=2)
# Beyond them it is a slip of the keyboard, and at the ends of time not every zone has the moment.
FIRST_YEAR, LAST_YEAR = 1970, 2199


def validate_year(moment: datetime) -> None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        message = _("Enter a year from %(first)d to %(last)d.")
        params = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(message, code="year_out_of_range", params=params)


def validate_past(moment: datetime) -> None:
    if moment > timezone.now() + TOLERANCE:
        raise ValidationError(_("This is in the future."), code="in_the_future")
