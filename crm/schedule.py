"""What the workers do by the clock for the whole installation."""

from datetime import datetime
from io import StringIO

from django.core.management import call_command

from audit import anchors, sealing
from crm.base.outbox import jobs

A_DAY = 24 * 60


def keep_house(moment: datetime) -> None:
    call_command("housekeeping", stdout=StringIO())


def seal_the_audit_trail(moment: datetime) -> None:
    sealing.seal()
    anchors.anchor()


jobs.register("audit_seal", jobs.Every(minutes=1, run=seal_the_audit_trail))
jobs.register("housekeeping", jobs.Every(minutes=A_DAY, run=keep_house))
