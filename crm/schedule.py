"""What the workers do by the clock for the whole installation."""

from datetime import datetime
from io import StringIO

from django.core.management import call_command

from crm.base.outbox import jobs

A_DAY = 24 * 60


def keep_house(moment: datetime) -> None:
    call_command("housekeeping", stdout=StringIO())


jobs.register("housekeeping", jobs.Every(minutes=A_DAY, run=keep_house))
