"""Follow-ups that are due: what the day brings, told in the morning, and each one at its hour."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.outbox import jobs, kinds
from crm.base.outbox.kinds import Kind, Letter, Line, Payload
from crm.base.outbox.notices import notify
from crm.base.outbox.tables import Notice
from leads import agenda
from leads.letters import HOW_TO_REACH, facts, others, page
from leads.process import Process

DIGEST = "follow_ups_due"
REMINDER = "follow_up_due"
MAY = "leads.view_process"
MORNING = 7
MINUTES = 5
# What fell due while no worker ran is told late; what is older is in the morning's digest.
LOOK_BACK = timedelta(days=1)
MOST_LISTED = 30


def tell_the_day(people: Any, day: date) -> None:
    """Tell each of ``people`` who has something to do on ``day``, which is their today."""
    for person in people:
        if agenda.theirs(person).due(agenda.day_of(person, day).end).exists():
            with transaction.atomic():
                notify(person, DIGEST, {"day": day.isoformat()}, key=day.isoformat())


def the_day(reader: Any, payload: Payload) -> Letter | None:
    """List what is overdue, then what is for today; a digest that is late has a newer one."""
    now = timezone.now()
    if payload["day"] != now.astimezone(agenda.zone_of(reader)).date().isoformat():
        return None
    steps = agenda.theirs(reader).due(agenda.today(reader, now).end)
    late, count = steps.overdue(now).count(), steps.count()
    if not count:
        return None
    parts = {_("%(count)d overdue"): late, _("%(count)d today"): count - late}
    told = ", ".join(text % {"count": number} for text, number in parts.items() if number)
    listed = list(steps.select_related("lead").order_by(*agenda.DUE_FIRST)[:MOST_LISTED])
    lines = [_line(step, now) for step in listed]
    more = others(count - len(listed), reverse("admin:index"))
    return Letter(_("Follow-ups: %(told)s") % {"told": told}, [*lines, *more])


def _line(step: Process, now: datetime) -> Line:
    when: Any = step.next_followup_at
    is_late = when < now
    local = date_format(timezone.localtime(when), _form(is_late))
    text = _("Overdue since %(when)s: %(what)s") if is_late else "%(when)s: %(what)s"
    return Line(text % {"when": local, "what": _what(step)}, page(step.lead or step))


def _form(is_late: bool) -> str:
    return "SHORT_DATETIME_FORMAT" if is_late else "TIME_FORMAT"


def _what(step: Process) -> str:
    """Return what is to be done about whom, and whether that is up to anybody."""
    about = str(step.lead) if step.lead else ""
    name = f"{step.name}, {about}" if about not in ("", step.name) else step.name
    return name if step.owner_id else _("%(what)s (nobody's)") % {"what": name}


def tell_at_the_hour(turn: datetime) -> None:
    """Have everybody told of each follow-up when it is due, from ``turn`` to the next one.

    A follow-up that nobody has is told to who planned it. One that is moved is due anew.
    """
    since = turn - LOOK_BACK
    told = Notice.objects.filter(kind=REMINDER, created_at__gte=since - timedelta(minutes=MINUTES))
    known = set(told.values_list("recipient", "key"))
    due = Process.objects.due(turn + timedelta(minutes=MINUTES)).filter(next_followup_at__gte=since)
    for step in due.select_related("owner", "created_by").order_by(*agenda.DUE_FIRST):
        reader, at = step.owner or step.created_by, step.next_followup_at
        key = f"{step.pk} {at.isoformat()}"
        if reader and (reader.pk, key) not in known:
            payload = {"process": step.pk, "at": at.isoformat()}
            with transaction.atomic():
                notify(reader, REMINDER, payload, key=key, not_before=at)


def the_hour(reader: Any, payload: Payload) -> Letter | None:
    at = datetime.fromisoformat(payload["at"])
    steps = agenda.theirs(reader).filter(pk=payload["process"], next_followup_at=at)
    step = steps.select_related("lead").first()
    if step is None:
        return None
    when = date_format(timezone.localtime(at), _form(is_late=True))
    lines = [Line(f"{when}: {_what(step)}", page(step.lead or step))]
    if step.lead:
        lines += facts(step.lead, reader, HOW_TO_REACH)
    return Letter(_("Follow-up due: %(what)s") % {"what": _what(step)}, lines)


kinds.register(Kind(DIGEST, gettext_lazy("My follow-ups of the day, every morning"), the_day, MAY))
kinds.register(Kind(REMINDER, gettext_lazy("A follow-up of mine, at its hour"), the_hour, MAY))
jobs.register("follow_ups_of_the_day", jobs.EveryMorning(hour=MORNING, run=tell_the_day))
jobs.register("follow_ups_at_their_hour", jobs.Every(minutes=MINUTES, run=tell_at_the_hour))
