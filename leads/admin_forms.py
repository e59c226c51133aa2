"""Forms of a lead: its page, and what is done to it from any page in a few fields.

A small form is a ``LeadVerb``: ``run`` does it to a lead, inside a unit of work, and returns what
is told to the person.
"""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from crm.base.back_office.moments import MomentField
from crm.base.errors import StaleRecord
from leads.choices import LONGEST_WORD, ActionType, Status
from leads.following_up import log
from leads.lead import Lead
from leads.next_step import plan
from leads.statuses import move


class LeadVerb(forms.Form):
    """What can be done to a lead that ``actor`` may see."""

    def __init__(self, lead: Lead, actor: Any, data: Any = None, initial: Any = None) -> None:
        self.lead, self.actor = lead, actor
        super().__init__(data, initial=initial)

    def run(self, lead: Lead) -> str:
        raise NotImplementedError


class LogForm(LeadVerb):
    action_type = forms.CharField(
        label=gettext_lazy("Type"),
        max_length=LONGEST_WORD,
        initial=ActionType.CALL,
        widget=UnfoldAdminSelectWidget(choices=ActionType.choices),
    )
    details = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )
    occurred_at = MomentField(
        label=gettext_lazy("When"), required=False, help_text=gettext_lazy("Empty: just now.")
    )

    def run(self, lead: Lead) -> str:
        values = {name: value for name, value in self.cleaned_data.items() if value}
        action = log(lead, **values)
        return _("%(lead)s: %(action)s noted.") % {"lead": lead, "action": action}


class StepForm(LeadVerb):
    next_followup_at = MomentField(label=gettext_lazy("Next follow-up"))

    def run(self, lead: Lead) -> str:
        plan(lead, self.cleaned_data["next_followup_at"])
        return _("%(lead)s: the next step is set.") % {"lead": lead}


class MoveForm(LeadVerb):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=Status.choices, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("Needed to discard a lead; the history keeps it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def must_convert(self) -> bool:
        """Return whether closing it takes a customer, who is to be found first."""
        is_won = self.cleaned_data.get("status") == Status.CLOSED
        return is_won and self.lead.customer_id is None

    def run(self, lead: Lead) -> str:
        if self.cleaned_data["version"] not in (None, lead.version):
            raise StaleRecord
        move(lead, self.cleaned_data["status"], self.cleaned_data["reason"], ask_why=True)
        told = {"lead": lead, "status": lead.get_status_display()}
        return _("%(lead)s: now “%(status)s”.") % told


class AssignForm(LeadVerb):
    assigned_to = forms.ModelChoiceField(
        label=gettext_lazy("Assigned to"),
        queryset=get_user_model()._default_manager.none(),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        widget=UnfoldAdminSelect2Widget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = get_user_model()._default_manager.all()
        picker: Any = self.fields["assigned_to"]
        picker.queryset = people.visible_to(self.actor).assignable().order_by("username")

    def run(self, lead: Lead) -> str:
        lead.assign(self.cleaned_data["assigned_to"])
        told = {"lead": lead, "person": lead.assigned_to or _("Nobody")}
        return _("%(lead)s: assigned to %(person)s.") % told
