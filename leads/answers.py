"""What lower apps are told about leads, through ``crm.base.registry``."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from accounts.models import deactivated
from crm.base.registry import archive_guards
from customers.models import Customer
from leads.assignment import hand_over, what_they_leave
from leads.lead import Lead


def open_leads(customer: Customer) -> str | None:
    """Return why a customer should not be archived; not how many leads, nor whose."""
    if not Lead.objects.filter(customer=customer).open().exists():
        return None
    return gettext("There are open leads about this customer.")


archive_guards.add(Customer, open_leads)
archive_guards.add(get_user_model(), what_they_leave)
deactivated.add(get_user_model(), hand_over)
