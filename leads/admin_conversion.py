"""The form that asks who a lead became."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from customers.models import Customer
from leads.admin_forms import LeadVerb
from leads.conversion import convert, like
from leads.lead import Lead

NEW = "new"
MOST = 10


class ConvertForm(LeadVerb):
    """Who the lead became: a customer that is known, or a new one."""

    customer = forms.ChoiceField(
        label=gettext_lazy("Customer"), widget=UnfoldAdminRadioSelectWidget
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = self._known()
        field: Any = self.fields["customer"]
        field.choices = list(self._choices())
        field.initial = field.choices[0][0] if len(field.choices) == 1 else None

    def _known(self) -> list[Customer]:
        """Return who it may be: the lead's own customer, or the live, or else the archived."""
        seen = Customer.objects.visible_to(self.actor)
        if self.lead.customer_id:
            return list(seen.filter(pk=self.lead.customer_id))
        same = list(like(self.lead).visible_to(self.actor).order_by("-archived_at", "pk")[:MOST])
        return [one for one in same if one.archived_at is None] or same

    def _choices(self) -> Any:
        may_restore = self.actor.has_perm("customers.restore_customer")
        for customer in self.known:
            if customer.archived_at is None:
                yield str(customer.pk), self._told(customer)
            elif may_restore:
                told = _("Restore %(customer)s, who is archived")
                yield str(customer.pk), told % {"customer": self._told(customer)}
        if all(customer.archived_at for customer in self.known):
            yield NEW, _("A new customer: %(name)s") % {"name": self.lead}

    @staticmethod
    def _told(customer: Customer) -> str:
        parts = (str(customer), customer.email, customer.phone)
        return " · ".join(str(part) for part in parts if part)

    def run(self, lead: Lead) -> str:
        chosen = self.cleaned_data["customer"]
        known = {str(customer.pk): customer for customer in self.known}
        customer = convert(lead, known.get(chosen), anew=chosen == NEW)
        return _("%(lead)s is won: %(customer)s.") % {"lead": lead, "customer": customer}
