"""Everybody who may try a rule: each method returns "" or the code of the refusal.

A rule's test runs through all of them, so that none has a way around it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework import status

from accounts.models import User
from crm.base.api.field_errors import flatten_validation
from crm.base.back_office.submissions import submission_of
from crm.base.context import acting
from crm.base.errors import RuleError
from crm.base.storing.unit_of_work import unit_of_work
from crm.tests.clients import signed_in
from crm.tests.pages import filled
from leads import following_up, statuses
from leads.conversion import convert
from leads.models import Lead, Process

LEADS = "/api/v1/leads"


class Api:
    """A program or a frontend."""

    def __init__(self, user: User) -> None:
        self.client = signed_in(user)

    def enter(self, **values: Any) -> str:
        return self._told(self.client.post(LEADS, values))

    def change(self, lead: Lead, **values: Any) -> str:
        return self._told(self.client.patch(f"{LEADS}/{lead.pk}", values))

    def move(self, lead: Lead, status: str, reason: str = "") -> str:
        body = {"status": status, "reason": reason}
        return self._told(self.client.patch(f"{LEADS}/{lead.pk}/status", body))

    def assign(self, lead: Lead, user: User | None) -> str:
        body = {"assigned_to": user and user.pk}
        return self._told(self.client.patch(f"{LEADS}/{lead.pk}/assign", body))

    def convert(self, lead: Lead) -> str:
        return self._told(self.client.post(f"{LEADS}/{lead.pk}/convert"))

    def log(self, lead: Lead, action_type: str = "call", **values: Any) -> str:
        body = {"lead": lead.pk, "action_type": action_type, **values}
        return self._told(self.client.post("/api/v1/actions", body))

    def plan(self, lead: Lead | None, **values: Any) -> str:
        body = {"lead": lead and lead.pk, "name": "Visit", **values}
        return self._told(self.client.post("/api/v1/processes", body))

    def archive(self, lead: Lead) -> str:
        return self._told(self.client.delete(f"{LEADS}/{lead.pk}"))

    def restore(self, lead: Lead) -> str:
        return self._told(self.client.post(f"{LEADS}/{lead.pk}/restore"))

    @staticmethod
    def _told(response: Any) -> str:
        if status.is_success(response.status_code):
            return ""
        if response.status_code == status.HTTP_403_FORBIDDEN:
            return "forbidden"
        problem = response.json()
        return str(problem["errors"][0]["code"] if problem["errors"] else problem["code"])


class Code:
    """A command, or somebody at the console; ``user`` is None for the system itself."""

    def __init__(self, user: User | None) -> None:
        self.user = user

    def enter(self, **values: Any) -> str:
        return self._try(lambda: Lead.objects.create(**values))

    def change(self, lead: Lead, **values: Any) -> str:
        def work() -> None:
            fresh = Lead.objects.get(pk=lead.pk)
            for name, value in values.items():
                setattr(fresh, name, value)
            fresh.save()

        return self._try(work)

    def move(self, lead: Lead, status: str, reason: str = "") -> str:
        return self._try(lambda: statuses.move(Lead.objects.get(pk=lead.pk), status, reason))

    def assign(self, lead: Lead, user: User | None) -> str:
        return self._try(lambda: Lead.objects.get(pk=lead.pk).assign(user))

    def convert(self, lead: Lead) -> str:
        return self._try(lambda: convert(Lead.objects.get(pk=lead.pk)))

    def log(self, lead: Lead, action_type: str = "call", **values: Any) -> str:
        return self._try(lambda: following_up.log(lead, action_type, **values))

    def plan(self, lead: Lead | None, **values: Any) -> str:
        return self._try(lambda: Process.objects.create(lead=lead, name="Visit", **values))

    def archive(self, lead: Lead) -> str:
        return self._try(lambda: Lead.objects.get(pk=lead.pk).archive())

    def restore(self, lead: Lead) -> str:
        return self._try(lambda: Lead.objects.get(pk=lead.pk).restore())

    def _try(self, work: Callable[[], Any]) -> str:
        try:
            with acting(actor=self.user):
                unit_of_work(work)
        except (ValidationError, RuleError) as error:
            return _code(error)
        return ""


class BackOffice:
    """Somebody at the pages of the back office.

    What a form does not offer counts as forbidden; what a message says is one of ``SENTENCES``.
    """

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def enter(self, **values: Any) -> str:
        return self._save(reverse("admin:leads_lead_add"), {**values, "confirmed": "yes"})

    def change(self, lead: Lead, **values: Any) -> str:
        return self._save(reverse("admin:leads_lead_change", args=[lead.pk]), values)

    def move(self, lead: Lead, status: str, reason: str = "") -> str:
        lead.refresh_from_db()
        if status == "closed" and lead.customer_id is None:
            return self.convert(lead)
        return self._do(lead, "move", status=status, reason=reason)

    def assign(self, lead: Lead, user: User | None) -> str:
        return self._do(lead, "assign", assigned_to=user.pk if user else "")

    def convert(self, lead: Lead) -> str:
        page = self.client.get(f"{self._of(lead)}/convert/")
        if page.status_code != status.HTTP_200_OK:
            return "forbidden"
        choices = page.context["form"].fields["customer"].choices
        return self._do(lead, "convert", customer=choices[0][0])

    def log(self, lead: Lead, action_type: str = "call", **values: Any) -> str:
        return self._do(lead, "log", action_type=action_type, **values)

    def plan(self, lead: Lead | None, **values: Any) -> str:
        values = {"lead": lead.pk if lead else "", "name": "Visit", **values}
        return self._save(reverse("admin:leads_process_add"), values)

    def archive(self, lead: Lead) -> str:
        return self._do(lead, "archive", confirmed="yes")

    def restore(self, lead: Lead) -> str:
        return self._do(lead, "restore")

    @staticmethod
    def _of(lead: Lead) -> str:
        return f"/admin/leads/lead/{lead.pk}"

    def _do(self, lead: Lead, verb: str, **values: Any) -> str:
        data = {name: _typed(value) for name, value in values.items()}
        return self._told(self.client.post(f"{self._of(lead)}/{verb}/", data))

    def _save(self, path: str, values: dict[str, Any]) -> str:
        page = self.client.get(path)
        if page.status_code != status.HTTP_200_OK:
            return "forbidden"
        form = page.context["adminform"].form
        if not form.fields.keys() - {"version"}:  # what is archived can be read only
            return "archived"
        if not form.fields.keys() >= values.keys() - {"confirmed"}:
            return "forbidden"
        typed = {name: _typed(value) for name, value in values.items()}
        return self._told(self.client.post(path, filled(page) | typed))

    @staticmethod
    def _told(response: Any) -> str:
        if response.status_code == status.HTTP_403_FORBIDDEN:
            return "forbidden"
        if response.status_code == status.HTTP_302_FOUND:
            told = [said for said in get_messages(response.wsgi_request) if said.tags == "error"]
            return SENTENCES[str(told[-1]).rpartition(": ")[2]] if told else ""
        refusal = submission_of(response.wsgi_request).refusal
        if refusal:
            return _code(refusal)
        context = response.context
        form = context["adminform"].form if "adminform" in context else context["form"]
        name, problems = next(iter(form.errors.as_data().items()))
        code = str(problems[0].code)
        return {"assigned_to": "not_assignable"}.get(name, code)


SENTENCES = {
    "This record is archived. Restore it first.": "archived",
    "This record is not archived.": "not_archived",
}


def _typed(value: Any) -> Any:
    """Return what a person types or picks for ``value``."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()[:19]
    value = getattr(value, "pk", value)
    return "" if value is None else value


def _code(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return flatten_validation(error)[0]["code"]
    return error.code if isinstance(error, RuleError) else "broken"


def system(user: User) -> Code:
    return Code(None)


# Who tries: given somebody of management, or a salesperson where the rule is about them.
CALLERS: dict[str, Callable[[User], Any]] = {
    "api": Api,
    "back office": BackOffice,
    "console": Code,
    "command": system,
}
PEOPLE: dict[str, Callable[[User], Any]] = {"api": Api, "back office": BackOffice, "console": Code}
