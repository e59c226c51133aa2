"""What the back office shows of a user's sessions, and how an administrator ends them."""

from operator import attrgetter
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import AuthSession, BrowserSession, User
from crm.base.back_office.verbs import Verb
from crm.base.registry import page_panels
from crm.base.trail import security_events


def open_sessions(user: User) -> tuple[Any, str]:
    """Return the panel of a user's page that lists where they are signed in, last used first."""
    kinds: list[Any] = [BrowserSession.objects.all(), AuthSession.objects.all()]
    sessions = [session for kind in kinds for session in kind.filter(user=user).open()]
    sessions.sort(key=attrgetter("used_at"), reverse=True)
    html = render_to_string("accounts/sessions.html", {"sessions": sessions, "person": user})
    return _("Open sessions"), html


page_panels.add(User, open_sessions)


# The question, and what is said once it is done.
THEIRS = (
    _("Every browser and every program that is signed in for them has to sign in again."),
    ngettext_lazy("All their sessions have ended.", "All their sessions have ended.", "count"),
)
OWN = (
    _(
        "Every other browser and every program that is signed in for you has to sign in again. "
        "This browser stays signed in."
    ),
    ngettext_lazy(
        "All your other sessions have ended.", "All your other sessions have ended.", "count"
    ),
)


def ending(request: HttpRequest, object_id: str) -> Verb:
    """Return the verb that ends a user's sessions, but never the one it is asked for in."""

    def end(user: User, confirmed: bool) -> None:
        user.end_sessions(browser=request.session.session_key or "")
        security_events.note("sessions_ended", of=user.username)

    question, done = OWN if object_id == str(request.user.pk) else THEIRS
    return Verb(label=_("End sessions"), question=question, done=done, run=end)
